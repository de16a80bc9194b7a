// Starlark in Go, as a command: runs files in order, each with the globals of those before it.
package main

import (
	"fmt"
	"os"

	"go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func main() {
	out := os.Stdout
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, text string) { fmt.Fprintln(out, text) }}
	known := starlark.StringDict{"json": json.Module}
	for _, name := range os.Args[1:] {
		globals, err := starlark.ExecFileOptions(&syntax.FileOptions{}, thread, name, nil, known)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for name, value := range globals {
			known[name] = value
		}
	}
}
