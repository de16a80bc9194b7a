//! How Docker asks whether a container is well. In: what is asked, and the commands that the image has. Out: a command
//! that can ask it from inside that image, or the reason why there is none: a check that fails because its tool is
//! missing makes a healthy container unhealthy for ever.

use plat_base::Quantity;
use plat_model::{Health, Probe};

/// The options of `HEALTHCHECK` that are set.
pub(super) fn options(health: &Health) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    let mut duration = |name: &'static str, value: Option<Quantity>| {
        if let Some(text) = value.and_then(duration) {
            options.push((name, text));
        }
    };
    duration("interval", health.every.as_ref().map(|d| d.value));
    duration("timeout", health.timeout.as_ref().map(|d| d.value));
    duration("start-period", health.after.as_ref().map(|d| d.value));
    if let Some(retries) = &health.retries {
        options.push(("retries", retries.value.to_string()));
    }
    options
}

/// As Docker writes it, with the largest unit that divides it: `90s`, `2m`.
fn duration(quantity: Quantity) -> Option<String> {
    let ms = quantity.check().ok()?;
    let units = [(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
    let (factor, unit) = units.into_iter().find(|(factor, _)| ms % factor == 0)?;
    Some(if ms == 0 { "0s".to_owned() } else { format!("{}{unit}", ms / factor) })
}

/// The command that asks, in exec form; else what would be needed to ask.
pub(super) fn command(health: &Health, has: &dyn Fn(&str) -> bool) -> Result<Vec<String>, &'static str> {
    match &health.probe {
        Probe::Command(argv) => Ok(argv.value.clone()),
        Probe::Http { path, port } => {
            let url = format!("http://127.0.0.1:{}{}", port.value, path.value);
            http(&url, seconds(health), has).ok_or("`python`, `node`, `curl` or `wget`")
        }
        Probe::Tcp { port } => {
            tcp(port.value, seconds(health), has).ok_or("`python`, `node`, `bash` or `nc`")
        }
        Probe::Grpc { port, service } => {
            if !has("grpc_health_probe") {
                return Err("`grpc_health_probe`");
            }
            let mut argv = vec!["grpc_health_probe".to_owned(), format!("-addr=127.0.0.1:{}", port.value)];
            argv.extend(service.as_ref().map(|s| format!("-service={s}")));
            Ok(argv)
        }
    }
}

/// The time that an answer may take, in whole seconds; Docker's own limit unless set.
fn seconds(health: &Health) -> i64 {
    let set = health.timeout.as_ref().and_then(|t| t.value.check().ok());
    (set.unwrap_or(30_000) / 1000).max(1)
}

fn argv(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// The small tools first: starting an interpreter every few seconds costs more than the answer.
fn http(url: &str, seconds: i64, has: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    if has("curl") {
        return Some(argv(&["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", url]));
    }
    if has("wget") {
        // Not `--spider`, which asks by HEAD: many programs answer only GET there.
        return Some(argv(&["wget", "-q", "-O", "/dev/null", url]));
    }
    if has("python") {
        let program =
            format!("import urllib.request; urllib.request.urlopen({}, timeout={seconds})", literal(url));
        return Some(argv(&["python", "-c", &program]));
    }
    if has("node") {
        let program =
            format!("fetch({}).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))", literal(url));
        return Some(argv(&["node", "-e", &program]));
    }
    None
}

fn tcp(port: i64, seconds: i64, has: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    if has("nc") {
        return Some(argv(&["nc", "-z", "127.0.0.1", &port.to_string()]));
    }
    if has("python") {
        let program =
            format!("import socket; socket.create_connection(('127.0.0.1', {port}), timeout={seconds})");
        return Some(argv(&["python", "-c", &program]));
    }
    if has("node") {
        let program = format!(
            "require('net').connect({port}, '127.0.0.1', () => process.exit(0)).on('error', () => process.exit(1))"
        );
        return Some(argv(&["node", "-e", &program]));
    }
    if has("bash") {
        return Some(argv(&["bash", "-c", &format!(": > /dev/tcp/127.0.0.1/{port}")]));
    }
    None
}

/// A string literal of Python and JavaScript alike.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::Dimension;
    use plat_model::Sourced;

    fn http_health() -> Health {
        Health {
            probe: Probe::Http {
                path: Sourced::new("/it's".to_owned(), None),
                port: Sourced::new(8080, None),
            },
            every: Some(Sourced::new(Quantity::whole(Dimension::Duration, 120_000), None)),
            timeout: Some(Sourced::new(Quantity::whole(Dimension::Duration, 2500), None)),
            after: None,
            retries: Some(Sourced::new(3, None)),
        }
    }

    #[test]
    fn options_are_in_units_of_docker() {
        let expected = vec![
            ("interval", "2m".to_owned()),
            ("timeout", "2500ms".to_owned()),
            ("retries", "3".to_owned()),
        ];
        assert_eq!(options(&http_health()), expected);
    }

    #[test]
    fn the_command_is_one_that_the_image_has() {
        let with = |tool: &'static str| command(&http_health(), &move |name| name == tool);
        assert_eq!(
            with("python").unwrap()[2],
            r"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/it\'s', timeout=2)"
        );
        assert_eq!(with("wget").unwrap()[0], "wget");
        assert_eq!(with("bash"), Err("`python`, `node`, `curl` or `wget`"));
    }
}
