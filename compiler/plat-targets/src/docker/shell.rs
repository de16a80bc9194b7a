//! The body of `RUN`: what is done, as lines of shell. In: a [`Run`]. Out: lines with the source behind each, joined
//! by continuations where that is safe and as a here-document where it is not. Text of the user's is shell by
//! definition and stays as it is; everything else is quoted here.

use super::quote;
use super::tree::{Arm, Body, Mount, Run};
use plat_model::{Origin, Sourced};

/// A line and the source that caused it.
pub(super) type Line = (String, Origin);

/// The lines of one `RUN` instruction, and whether it is a here-document.
pub(super) fn run(run: &Run, origin: Origin) -> (Vec<Line>, bool) {
    let mounts: Vec<Line> = run.mounts.iter().map(|m| (mount(m), origin)).collect();
    if needs_script(&run.body) {
        return (script(mounts, &run.body, origin), true);
    }
    let mut lines = mounts;
    for (at, command) in commands(&run.body, origin).into_iter().enumerate() {
        let joint = if at == 0 { "" } else { "&& " };
        for (n, (text, origin)) in command.into_iter().enumerate() {
            lines.push((if n == 0 { format!("{joint}{text}") } else { text }, origin));
        }
    }
    let last = lines.len().saturating_sub(1);
    for (n, line) in lines.iter_mut().enumerate() {
        let lead = if n == 0 { "RUN " } else { "    " };
        let end = if n == last { "" } else { " \\" };
        line.0 = format!("{lead}{}{end}", line.0);
    }
    (lines, false)
}

fn mount(mount: &Mount) -> String {
    match mount {
        Mount::Secret(id) => format!("--mount=type=secret,id={}", field(id)),
        Mount::Cache { per, target, locked, owner } => {
            let mut text = "--mount=type=cache".to_owned();
            if let Some(key) = per {
                let [arch, variant] = key.platform.variables();
                text.push_str(&format!(",id={}-${arch}${variant}", field(&key.name)));
            }
            text.push_str(&format!(",target={}", field(target)));
            if *locked {
                text.push_str(",sharing=locked");
            }
            if let Some((uid, gid)) = owner {
                text.push_str(&format!(",uid={},gid={}", field(uid), field(gid)));
            }
            text
        }
    }
}

/// A value of a mount option: the options are separated by commas, and the builder looks `$` up.
fn field(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !",\"'$\\".contains(*c)).collect()
}

/// Whether the body would mean something else on one line with continuations.
fn needs_script(body: &Body) -> bool {
    match body {
        Body::Shell(text) => {
            let text = text.trim();
            text.contains('\n')
                || text.contains("<<")
                || text.ends_with('\\')
                || text.starts_with("--")
                || text.starts_with('#')
                || text.starts_with('[') && text.ends_with(']')
        }
        // The arm's end stands on the same line, so a comment would swallow it.
        Body::ByPlatform { arms, .. } => {
            arms.iter().filter_map(|a| a.body.as_ref()).any(|b| match &*b.value {
                Body::Shell(text) => needs_script(&b.value) || text.contains(" #") || text.contains("\t#"),
                _ => false,
            })
        }
        Body::Apt(_) | Body::Apk(_) | Body::AddUser { .. } => false,
    }
}

/// The commands of a body, each on one or more lines.
fn commands(body: &Body, origin: Origin) -> Vec<Vec<Line>> {
    match body {
        Body::Shell(text) => vec![broken(text.trim()).into_iter().map(|line| (line, origin)).collect()],
        Body::Apt(packages) => apt(packages.iter().map(word).collect(), origin),
        Body::Apk(packages) => apk(packages.iter().map(word).collect(), origin),
        Body::AddUser { busybox, name, uid, gid } => add_user(*busybox, name, *uid, *gid, origin),
        Body::ByPlatform { arms, image } => by_platform(arms, image, origin),
    }
}

/// A long command, broken before each `&&` that stands outside quotes.
fn broken(text: &str) -> Vec<String> {
    const WIDTH: usize = 100;
    if text.len() <= WIDTH {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let (mut start, mut quote, mut escaped) = (0, None, false);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', Some('"') | None) => escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('&', None) if text[at..].starts_with("&& ") && text[..at].ends_with(' ') => {
                lines.push(text[start..at].trim_end().to_owned());
                start = at;
            }
            _ => {}
        }
    }
    lines.push(text[start..].to_owned());
    lines
}

/// `apt-get install` of words that are quoted already. The cache mounts hold lists and archives, so nothing has to be
/// removed; Debian's images would delete the archives unless told otherwise.
fn word(package: &Sourced<String>) -> Line {
    (quote::shell_word(package), package.origin)
}

fn apt(words: Vec<Line>, origin: Origin) -> Vec<Vec<Line>> {
    vec![
        vec![("rm -f /etc/apt/apt.conf.d/docker-clean".to_owned(), origin)],
        vec![("apt-get update".to_owned(), origin)],
        listed("DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends", words, origin),
    ]
}

fn apk(words: Vec<Line>, origin: Origin) -> Vec<Vec<Line>> {
    vec![listed("apk add --no-cache", words, origin)]
}

/// A command with its words: one on the same line, several on a line each.
fn listed(command: &str, words: Vec<Line>, origin: Origin) -> Vec<Line> {
    if let [(word, _)] = words.as_slice() {
        return vec![(format!("{command} {word}"), origin)];
    }
    let mut lines = vec![(command.to_owned(), origin)];
    lines.extend(words.into_iter().map(|(word, own)| (format!("    {word}"), own.or(origin))));
    lines
}

fn add_user(busybox: bool, name: &str, uid: i64, gid: i64, origin: Origin) -> Vec<Vec<Line>> {
    let name = quote::shell_word(name);
    // Group 0 is there already.
    let group = if gid == 0 { "root".to_owned() } else { name.clone() };
    let (make_group, make_user) = if busybox {
        (
            format!("addgroup -g {gid} {name}"),
            format!("adduser -D -u {uid} -G {group} -s /sbin/nologin {name}"),
        )
    } else {
        (
            format!("groupadd --gid {gid} {name}"),
            format!(
                "useradd --no-log-init --uid {uid} --gid {gid} --create-home --shell /usr/sbin/nologin {name}"
            ),
        )
    };
    let group_command = (gid != 0).then(|| vec![(make_group, origin)]);
    group_command.into_iter().chain([vec![(make_user, origin)]]).collect()
}

/// A `case` over the platforms, and what all arms share after it.
fn by_platform(arms: &[Arm], image: &str, origin: Origin) -> Vec<Vec<Line>> {
    let packages: Vec<Option<&Vec<Sourced<String>>>> = arms
        .iter()
        .map(|a| match a.body.as_ref().map(|b| &*b.value) {
            Some(Body::Apt(packages) | Body::Apk(packages)) => Some(packages),
            _ => None,
        })
        .collect();
    let Some(any) = packages.iter().flatten().next() else {
        let texts: Vec<String> =
            arms.iter().map(|arm| arm_text(arm).map(|text| format!("{text} ")).unwrap_or_default()).collect();
        return vec![case(arms, &texts, image, origin)];
    };
    // What every arm installs is written once.
    let shared: Vec<&Sourced<String>> =
        any.iter().filter(|p| packages.iter().flatten().all(|list| list.contains(p))).collect();
    let texts: Vec<String> = packages
        .iter()
        .map(|list| match list {
            None => "exit 0 ".to_owned(),
            Some(list) => {
                let own = list.iter().filter(|p| !shared.contains(p)).map(|p| quote::shell_word(p));
                own.fold("set -- ".to_owned(), |text, word| format!("{text}{word} "))
            }
        })
        .collect();
    let mut words = vec![("\"$@\"".to_owned(), origin)];
    words.extend(shared.iter().map(|p| word(p)));
    let is_apt = arms.iter().any(|a| matches!(a.body.as_ref().map(|b| &*b.value), Some(Body::Apt(_))));
    let mut all = vec![case(arms, &texts, image, origin)];
    all.extend(if is_apt { apt(words, origin) } else { apk(words, origin) });
    all
}

/// `case "$TARGETPLATFORM" in … esac`, with one text per arm (empty, or with a space at its end).
fn case(arms: &[Arm], texts: &[String], image: &str, origin: Origin) -> Vec<Line> {
    let mut lines = vec![("case \"$TARGETPLATFORM\" in".to_owned(), origin)];
    for (arm, text) in arms.iter().zip(texts) {
        let line = format!("    {}) {text};;", patterns(arm));
        lines.push((line, arm_origin(arm, origin)));
    }
    lines.push((format!("    *) {}; exit 1 ;;", refusal(image)), origin));
    lines.push(("esac".to_owned(), origin));
    lines
}

fn patterns(arm: &Arm) -> String {
    arm.platforms.iter().map(|p| quote::shell_word(p)).collect::<Vec<_>>().join(" | ")
}

fn arm_origin(arm: &Arm, origin: Origin) -> Origin {
    let own = arm.body.as_ref().and_then(|body: &Sourced<_>| match &*body.value {
        Body::Apt(packages) | Body::Apk(packages) => packages.first().and_then(|p| p.origin).or(body.origin),
        _ => body.origin,
    });
    own.or(origin)
}

fn arm_text(arm: &Arm) -> Option<&str> {
    match arm.body.as_ref().map(|b| &*b.value) {
        Some(Body::Shell(text)) => Some(text.trim()),
        _ => None,
    }
}

fn refusal(image: &str) -> String {
    format!("echo >&2 \"{} is not built for $TARGETPLATFORM\"", quote::file_name(image))
}

/// A here-document that stops at the first command that fails.
fn script(mounts: Vec<Line>, body: &Body, origin: Origin) -> Vec<Line> {
    let mut inner: Vec<Line> = vec![("set -e".to_owned(), origin)];
    match body {
        Body::Shell(text) => inner.extend(text.trim().lines().map(|l| (l.to_owned(), origin))),
        Body::ByPlatform { arms, image } => {
            // Text of several lines may have strings or here-documents that white space would change.
            let plain =
                arms.iter().filter_map(|a| arm_text(a)).all(|t| !t.contains('\n') && !t.contains("<<"));
            let (one, two) = if plain { ("    ", "        ") } else { ("", "") };
            inner.push(("case \"$TARGETPLATFORM\" in".to_owned(), origin));
            for arm in arms {
                let at = arm_origin(arm, origin);
                inner.push((format!("{one}{})", patterns(arm)), at));
                let text = arm_text(arm).unwrap_or_default();
                inner.extend(text.lines().map(|line| (format!("{two}{line}"), at)));
                inner.push((format!("{two};;"), at));
            }
            inner.push((format!("{one}*) {}; exit 1 ;;", refusal(image)), origin));
            inner.push(("esac".to_owned(), origin));
        }
        _ => {}
    }
    let end = delimiter(&inner);
    let mut heads: Vec<Line> = mounts;
    heads.push((format!("<<{end}"), origin));
    let last = heads.len() - 1;
    let mut lines: Vec<Line> = heads
        .into_iter()
        .enumerate()
        .map(|(n, (text, at))| {
            let lead = if n == 0 { "RUN " } else { "    " };
            (format!("{lead}{text}{}", if n == last { "" } else { " \\" }), at)
        })
        .collect();
    lines.extend(inner);
    lines.push((end, origin));
    lines
}

/// A word that no line of the script consists of.
fn delimiter(lines: &[Line]) -> String {
    let mut word = "EOT".to_owned();
    while lines.iter().any(|(text, _)| text.trim() == word) {
        word.push('_');
    }
    word
}

/// Whether a command pipes: a `|` outside quotes that is not half of `||`, and not a pattern of `case`.
pub(super) fn has_pipe(text: &str) -> bool {
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', Some('"') | None) => {
                chars.next();
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('|', None) if chars.peek() == Some(&'|') => {
                chars.next();
            }
            ('|', None) => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(text: &str) -> Body {
        Body::Shell(text.to_owned())
    }

    fn arm(platforms: &[&str], body: Option<Body>) -> Arm {
        Arm {
            platforms: platforms.iter().map(|p| (*p).to_owned()).collect(),
            body: body.map(|b| Sourced::new(Box::new(b), None)),
        }
    }

    fn text(body: Body) -> String {
        let (lines, _) = run(&Run { mounts: Vec::new(), body }, None);
        lines.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_command_on_one_line_stays_as_it_is() {
        assert_eq!(text(shell(" echo \"${V#v}\" && x ")), "RUN echo \"${V#v}\" && x");
    }

    #[test]
    fn what_continuations_would_change_becomes_a_here_document() {
        assert_eq!(text(shell("a\nEOT\nb")), "RUN <<EOT_\nset -e\na\nEOT\nb\nEOT_");
        assert_eq!(text(shell("echo a\\")), "RUN <<EOT\nset -e\necho a\\\nEOT");
        assert_eq!(text(shell("[\"not\", \"exec\"]")), "RUN <<EOT\nset -e\n[\"not\", \"exec\"]\nEOT");
    }

    #[test]
    fn packages_that_all_platforms_share_are_written_once() {
        let apt =
            |names: &[&str]| Body::Apt(names.iter().map(|n| Sourced::new((*n).to_owned(), None)).collect());
        let arms = vec![
            arm(&["linux/amd64"], Some(apt(&["a", "b"]))),
            arm(&["linux/arm/v7"], Some(apt(&["b", "c"]))),
        ];
        assert_eq!(
            text(Body::ByPlatform { arms, image: "x".to_owned() }),
            "RUN case \"$TARGETPLATFORM\" in \\\n        \
             linux/amd64) set -- a ;; \\\n        \
             linux/arm/v7) set -- c ;; \\\n        \
             *) echo >&2 \"x is not built for $TARGETPLATFORM\"; exit 1 ;; \\\n    \
             esac \\\n    \
             && rm -f /etc/apt/apt.conf.d/docker-clean \\\n    \
             && apt-get update \\\n    \
             && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \\\n        \
             \"$@\" \\\n        b"
        );
    }

    #[test]
    fn a_platform_without_the_step_does_nothing() {
        let arms = vec![arm(&["linux/amd64"], Some(shell("a"))), arm(&["linux/arm64"], None)];
        let printed = text(Body::ByPlatform { arms, image: "x".to_owned() });
        assert!(printed.contains("linux/amd64) a ;; \\\n        linux/arm64) ;; \\"), "{printed}");
    }

    #[test]
    fn a_comment_cannot_swallow_the_end_of_its_arm() {
        let arms =
            vec![arm(&["linux/amd64"], Some(shell("a # why"))), arm(&["linux/arm64"], Some(shell("b")))];
        let printed = text(Body::ByPlatform { arms, image: "x".to_owned() });
        assert!(printed.contains("    linux/amd64)\n        a # why\n        ;;\n"), "{printed}");
    }

    #[test]
    fn long_commands_are_broken_between_their_parts() {
        let long = "x".repeat(99);
        assert_eq!(broken(&format!("{long} && 'a && b' && c")), [long.as_str(), "&& 'a && b'", "&& c"]);
        assert_eq!(broken("a && b"), ["a && b"]);
    }

    #[test]
    fn pipes() {
        assert!(has_pipe("curl x | tar xz"));
        assert!(!has_pipe("a || b"));
        assert!(!has_pipe("echo 'a | b' \"c | d\" \\|"));
    }
}
