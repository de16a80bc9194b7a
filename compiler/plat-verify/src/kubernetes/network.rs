//! How a workload is reached: its Services, routes and policies, each followed down to the numbers of the containers.

use super::Folder;
use super::objects::{NAME, Object};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::node::Node;
use plat_model::{Expose, Origin, Port, Workload, WorkloadKind, WorkloadSpec};

/// Judges what leads to a workload.
pub(super) fn verify<'a>(folder: &Folder<'a>, workload: &'a Workload, ledger: &mut Ledger) {
    let platforms = folder.platforms(workload);
    let first = platforms.first().and_then(|p| workload.spec.get(*p, folder.environment));
    let Some(spec) = first.map(AsRef::as_ref) else { return };
    let subject = folder.subject(workload, &platforms);
    let paths = Paths { folder, workload, spec, subject };
    paths.services(ledger);
    paths.routes(ledger);
    paths.policy(ledger);
}

struct Paths<'f, 'a> {
    folder: &'f Folder<'a>,
    workload: &'a Workload,
    spec: &'a WorkloadSpec,
    subject: String,
}

impl<'f, 'a> Paths<'f, 'a> {
    fn scope(&self, object: &'f Object<'a>) -> Scope<'f> {
        Scope {
            subject: self.subject.clone(),
            file: object.file,
            line: object.line,
            origin: self.workload.origin,
        }
    }

    /// Where something that is missing would stand.
    fn file(&self) -> &'f str {
        let own = self.folder.objects.iter().find(|o| o.label(NAME) == self.workload.name);
        own.or(self.folder.objects.first()).map_or("", |o| o.file)
    }

    fn nowhere(&self) -> Scope<'f> {
        let (subject, file) = (self.subject.clone(), self.file());
        Scope { subject, file, line: 0, origin: self.workload.origin }
    }

    /// The port under which others reach one of its ports.
    fn outer(&self, port: &Port) -> (i64, Origin) {
        let exposed = self.spec.expose.as_ref().filter(|e| e.value.to.value == port.number.value);
        match exposed {
            Some(e) => (e.value.port.value, e.value.port.origin.or(e.origin)),
            None => (port.number.value, port.number.origin),
        }
    }

    fn services(&self, ledger: &mut Ledger) {
        let serves = matches!(self.workload.kind, WorkloadKind::Service | WorkloadKind::Stateful);
        let services: Vec<&Object<'a>> = self.folder.of(self.workload, "Service").collect();
        let mut declared = Vec::new();
        if serves && !self.spec.ports.is_empty() {
            declared.push((self.workload.name.clone(), self.workload.origin));
        }
        if self.workload.kind == WorkloadKind::Stateful {
            declared.push((format!("{}-headless", self.workload.name), self.workload.origin));
        }
        let found = services.iter().map(|s| (s.name.clone(), s.line)).collect();
        let scope = services.first().map_or_else(|| self.nowhere(), |s| self.scope(s));
        ledger.compare_sets(FactKind::Name, &scope, "Service", found, declared);
        for service in services {
            self.service(service, ledger);
        }
    }

    fn service(&self, service: &'f Object<'a>, ledger: &mut Ledger) {
        let scope = self.scope(service);
        let selector = service.node.at(&["spec", "selector"]);
        self.selects(&scope, "pods of the Service", selector, ledger);
        let headless = service.node.at(&["spec", "clusterIP"]).is_some_and(|n| n.bare() == "None");
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        for port in service.node.list(&["spec", "ports"]) {
            let name = port.text_of("name");
            let number = port.get("port");
            let line = number.map_or(port.line, |n| n.line);
            outer.push(Found::new(name, number.map(Node::whole).unwrap_or_default(), line));
            let target = port.get("targetPort").or(number);
            let line = target.map_or(port.line, |n| n.line);
            let target = target.map(|t| self.resolved(selector, t)).unwrap_or_default();
            inner.push(Found::new(name, target, line));
        }
        let ports = self.spec.ports.iter();
        let declared = ports.clone().map(|p| {
            let (number, origin) = if headless { (p.number.value, p.number.origin) } else { self.outer(p) };
            Declared::new(p.name.clone(), number.to_string(), origin)
        });
        ledger.compare(FactKind::Port, &scope, "port of the Service", outer, declared.collect());
        let declared =
            ports.map(|p| Declared::new(p.name.clone(), p.number.value.to_string(), p.number.origin));
        ledger.compare(FactKind::Port, &scope, "target of the Service's port", inner, declared.collect());
    }

    /// The number that a port has in the containers that a selector finds.
    fn resolved(&self, selector: Option<&Node>, port: &Node) -> String {
        let Some(name) = port.text() else { return port.whole() };
        let mut numbers: Vec<String> = Vec::new();
        for object in self.folder.objects.iter().filter(|o| o.is_selected(selector)) {
            let containers = object.template().map_or(&[][..], |t| t.list(&["spec", "containers"]));
            let ports = containers.iter().flat_map(|c| c.list(&["ports"]));
            let named = ports.filter(|p| p.text_of("name") == name).filter_map(|p| p.get("containerPort"));
            for number in named.map(Node::whole) {
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
        }
        if numbers.is_empty() { format!("the unknown name `{name}`") } else { numbers.join(" and ") }
    }

    /// The workloads whose pods a selector finds.
    fn chosen(&self, selector: Option<&Node>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for object in self.folder.objects.iter().filter(|o| o.is_selected(selector)) {
            let name = object.label(NAME).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// A selector finds the pods of this workload, and of no other.
    fn selects(&self, scope: &Scope<'_>, what: &str, selector: Option<&Node>, ledger: &mut Ledger) {
        let line = selector.map_or(scope.line, |s| s.line);
        let found = self.chosen(selector).into_iter().map(|name| (name, line)).collect();
        let declared = vec![(self.workload.name.clone(), self.workload.origin)];
        ledger.compare_sets(FactKind::Selector, &scope.at(line), what, found, declared);
    }

    fn routes(&self, ledger: &mut Ledger) {
        let expose = self.spec.expose.as_ref().map(|e| &e.value);
        let has_gateway =
            self.folder.output.options.iter().any(|(k, v)| k == "gateway" && !v.value.is_empty());
        let kind = if has_gateway { "HTTPRoute" } else { "Ingress" };
        let exists = expose
            .filter(|e| e.host.is_some() && self.spec.ports.iter().any(|p| p.number.value == e.to.value));
        for kind_found in ["Ingress", "HTTPRoute"] {
            let routes: Vec<&Object<'a>> = self.folder.of(self.workload, kind_found).collect();
            let declared = exists.filter(|_| kind == kind_found);
            let scope = routes.first().map_or_else(|| self.nowhere(), |r| self.scope(r));
            let found = routes.iter().map(|r| (r.title(), r.line)).collect();
            let title = declared.map(|_| (format!("{kind} `{}`", self.workload.name), self.workload.origin));
            ledger.compare_sets(FactKind::Name, &scope, "route", found, title.into_iter().collect());
            for route in routes {
                self.route(route, exists, ledger);
            }
        }
    }

    fn route(&self, route: &'f Object<'a>, expose: Option<&Expose>, ledger: &mut Ledger) {
        let scope = self.scope(route);
        let found = if route.kind == "Ingress" { ingress(&route.node) } else { http_route(&route.node) };
        let mut declared = Vec::new();
        let mut port = None;
        if let Some(e) = expose {
            let host = e.host.as_ref();
            declared.extend(host.map(|h| Declared::new("host", h.value.clone(), h.origin)));
            declared.push(Declared::new("path", e.path.value.clone(), e.path.origin));
            declared.push(Declared::new("service", self.workload.name.clone(), self.workload.origin));
            if e.tls.value {
                let host = if route.kind == "Ingress" { host.map(|h| h.value.clone()) } else { None };
                let how = host.unwrap_or_else(|| "the listener `https`".to_owned());
                declared.push(Declared::new("encrypted for", how, e.tls.origin));
            }
            port = Some((e.port.value.to_string(), e.port.origin));
        }
        ledger.compare(FactKind::Name, &scope, "field of the route", found.names, declared);
        let service = self.folder.objects.iter().find(|o| o.kind == "Service" && o.name == found.service);
        let number = found.port.map(|(port, line)| {
            let named = |p: &&Node| p.text_of("name") == port;
            let ports = service.map_or(&[][..], |s| s.node.list(&["spec", "ports"]));
            let by_name = ports.iter().find(named).and_then(|p| p.get("port")).map(Node::whole);
            (by_name.unwrap_or(port), line)
        });
        ledger.compare_one(FactKind::Port, &scope, "port of the route", number, port);
    }

    fn policy(&self, ledger: &mut Ledger) {
        let policies: Vec<&Object<'a>> = self.folder.of(self.workload, "NetworkPolicy").collect();
        let rules = self.spec.network.as_ref().filter(|n| n.isolate);
        let scope = policies.first().map_or_else(|| self.nowhere(), |p| self.scope(p));
        let found = policies.iter().map(|p| (p.name.clone(), p.line)).collect();
        let declared = rules.map(|_| (self.workload.name.clone(), self.workload.origin));
        ledger.compare_sets(FactKind::Name, &scope, "NetworkPolicy", found, declared.into_iter().collect());
        let (Some(policy), Some(rules)) = (policies.first(), rules) else { return };
        let scope = self.scope(policy);
        let selector = policy.node.at(&["spec", "podSelector", "matchLabels"]);
        self.selects(&scope, "pods of the policy", selector, ledger);
        let mut incoming = Vec::new();
        for rule in policy.node.list(&["spec", "ingress"]) {
            incoming.extend(self.rule(rule, "from", selector));
        }
        ledger.compare_sets(FactKind::Port, &scope, "way in", incoming, self.ways_in());
        let mut outgoing = Vec::new();
        for rule in policy.node.list(&["spec", "egress"]) {
            outgoing.extend(self.rule(rule, "to", None));
        }
        ledger.compare_sets(FactKind::Port, &scope, "way out", outgoing, self.ways_out(rules.outside));
    }

    /// One text for each peer and port of a rule.
    fn rule(&self, rule: &Node, direction: &str, own: Option<&Node>) -> Vec<(String, u32)> {
        let mut peers: Vec<(String, Option<&Node>)> = Vec::new();
        for peer in rule.list(&[direction]) {
            match (peer.get("podSelector"), peer.at(&["ipBlock", "cidr"])) {
                (Some(_), _) => {
                    let selector = peer.at(&["podSelector", "matchLabels"]);
                    peers.extend(self.chosen(selector).into_iter().map(|name| (name, selector)));
                }
                (None, Some(range)) => peers.push((range.bare(), None)),
                (None, None) => peers.push((peer.bare(), None)),
            }
        }
        if rule.get(direction).is_none() {
            peers.push(("anywhere".to_owned(), None));
        }
        let ports = rule.list(&["ports"]);
        let mut ways = Vec::new();
        for (peer, selector) in peers {
            if ports.is_empty() {
                ways.push((format!("{direction} {peer}"), rule.line));
            }
            for port in ports {
                let protocol = port.text_of("protocol");
                let number = port.get("port");
                let line = number.map_or(port.line, |n| n.line);
                let text = number.map(|n| self.resolved(own.or(selector), n)).unwrap_or_default();
                ways.push((format!("{direction} {peer}: {text}/{protocol}"), line));
            }
        }
        ways
    }

    fn ways_in(&self) -> Vec<(String, Origin)> {
        let mut ways = Vec::new();
        for other in self.folder.workloads() {
            let specs = other.spec.iter().filter(|(_, e, _)| *e == self.folder.environment);
            let mut needs = specs.flat_map(|(_, _, s)| &s.needs).filter(|n| n.value == self.workload.name);
            let Some(need) = needs.next() else { continue };
            if self.spec.ports.is_empty() {
                ways.push((format!("from {}", other.name), need.origin));
            }
            let ports = self.spec.ports.iter();
            ways.extend(ports.map(|p| (format!("from {}: {}/TCP", other.name, p.number.value), need.origin)));
        }
        let public = self.spec.expose.as_ref().filter(|e| e.value.host.is_some());
        let port = public.and_then(|e| self.spec.ports.iter().find(|p| p.number.value == e.value.to.value));
        ways.extend(port.map(|p| (format!("from anywhere: {}/TCP", p.number.value), p.number.origin)));
        ways
    }

    fn ways_out(&self, outside: bool) -> Vec<(String, Origin)> {
        let mut ways: Vec<(String, Origin)> = Vec::new();
        for protocol in ["UDP", "TCP"] {
            ways.push((format!("to anywhere: 53/{protocol}"), self.workload.origin));
        }
        for need in &self.spec.needs {
            let Some(other) = self.folder.workloads().find(|w| w.name == need.value) else { continue };
            let spec = other.spec.iter().find(|(_, e, _)| *e == self.folder.environment);
            let ports = spec.map_or(&[][..], |(_, _, s)| s.ports.as_slice());
            if ports.is_empty() {
                ways.push((format!("to {}", other.name), need.origin));
            }
            let numbers = ports.iter().map(|p| p.number.value);
            ways.extend(numbers.map(|n| (format!("to {}: {n}/TCP", other.name), need.origin)));
        }
        if outside {
            for range in ["0.0.0.0/0", "::/0"] {
                ways.push((format!("to {range}"), self.workload.origin));
            }
        }
        ways
    }
}

/// What a route says.
struct Route {
    names: Vec<Found>,
    service: String,
    /// The port by number or name.
    port: Option<(String, u32)>,
}

fn ingress(node: &Node) -> Route {
    let mut route = Route { names: Vec::new(), service: String::new(), port: None };
    for tls in node.list(&["spec", "tls"]) {
        let hosts = tls.list(&["hosts"]).iter();
        route.names.extend(hosts.map(|h| Found::new("encrypted for", h.bare(), h.line)));
    }
    for rule in node.list(&["spec", "rules"]) {
        route.names.extend(rule.get("host").map(|h| Found::new("host", h.bare(), h.line)));
        for path in rule.list(&["http", "paths"]) {
            route.names.extend(path.get("path").map(|p| Found::new("path", p.bare(), p.line)));
            let service = path.at(&["backend", "service"]);
            if let Some(name) = service.and_then(|s| s.get("name")) {
                route.names.push(Found::new("service", name.bare(), name.line));
                route.service = name.bare();
            }
            let port = service.and_then(|s| s.at(&["port", "name"]).or(s.at(&["port", "number"])));
            route.port = port.map(|p| (p.bare(), p.line)).or(route.port);
        }
    }
    route
}

fn http_route(node: &Node) -> Route {
    let mut route = Route { names: Vec::new(), service: String::new(), port: None };
    for parent in node.list(&["spec", "parentRefs"]) {
        let section = parent.get("sectionName");
        let how =
            section.map(|s| Found::new("encrypted for", format!("the listener `{}`", s.bare()), s.line));
        route.names.extend(how);
    }
    let hosts = node.list(&["spec", "hostnames"]).iter();
    route.names.extend(hosts.map(|h| Found::new("host", h.bare(), h.line)));
    for rule in node.list(&["spec", "rules"]) {
        let matches = rule.list(&["matches"]).iter().filter_map(|m| m.at(&["path", "value"]));
        route.names.extend(matches.map(|p| Found::new("path", p.bare(), p.line)));
        for backend in rule.list(&["backendRefs"]) {
            if let Some(name) = backend.get("name") {
                route.names.push(Found::new("service", name.bare(), name.line));
                route.service = name.bare();
            }
            route.port = backend.get("port").map(|p| (p.bare(), p.line)).or(route.port);
        }
    }
    route
}
