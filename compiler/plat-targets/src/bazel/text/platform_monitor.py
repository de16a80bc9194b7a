
class UnknownPlatformError(Exception):
    """This process runs on a platform that the project does not have."""


def detect_platform(system=None, machine=None, word_bits=None):
    """Gives the OCI name of the platform that this process runs on.

    The arguments replace what the system says. A 32-bit process on a 64-bit kernel, and a machine that the project
    is not built for, are an UnknownPlatformError: a wrong guess would load the wrong binaries.
    """
    system = (system or platform.system()).lower()
    machine = (machine or platform.machine()).lower()
    word_bits = word_bits or struct.calcsize("P") * 8
    for row in MACHINES:
        if row["os"] == system and row["word_bits"] == word_bits and machine in row["machines"]:
            return row["platform"]
    supported = ", ".join(row["platform"] for row in MACHINES)
    raise UnknownPlatformError(f"{system} on {machine} with {word_bits} bits is none of {supported}")


def collect_platform_metrics():
    """Measures what the process has and uses: that of its container if it is limited, else that of the machine."""
    cpu_count = _cpu_count()
    memory_total, memory_available = _memory()
    disk = shutil.disk_usage("/")
    return {
        "platform": detect_platform(),
        "architecture": platform.machine(),
        "cpu_count": cpu_count,
        "cpu_percent": 100.0 * os.getloadavg()[0] / cpu_count,
        "memory_total": memory_total,
        "memory_available": memory_available,
        "memory_percent": 100.0 * (memory_total - memory_available) / memory_total,
        "disk_percent": 100.0 * disk.used / disk.total,
    }


class PlatformMonitor:
    """Compares what a workload uses with the thresholds that are declared for it on this platform."""

    def __init__(self, workload=None, environment=None):
        names = list(dict.fromkeys(key.split("@")[0] for key in THRESHOLDS))
        if workload is None and len(names) == 1:
            workload = names[0]
        table = THRESHOLDS.get(workload, THRESHOLDS.get(f"{workload}@{environment}"))
        if table is None:
            raise KeyError(f"no thresholds of {workload!r}; there are those of {', '.join(THRESHOLDS) or 'none'}")
        self.platform = detect_platform()
        self.thresholds = table.get(self.platform, {})

    def collect_metrics(self):
        """Gives the metrics of collect_platform_metrics()."""
        return collect_platform_metrics()

    def get_platform_specific_thresholds(self):
        """Gives the percentages above which somebody should look."""
        return dict(self.thresholds)

    def exceeded(self, metrics=None):
        """Gives the names of the thresholds that the metrics are above."""
        metrics = metrics or self.collect_metrics()
        return [name for name, limit in self.thresholds.items() if metrics[f"{name}_percent"] > limit]


def _cpu_count():
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _words("/sys/fs/cgroup/cpu.max")
    if len(quota) == 2 and quota[0] != "max":
        return min(float(usable), int(quota[0]) / int(quota[1]))
    quota = _words("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + _words("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    if len(quota) == 2 and int(quota[0]) > 0:
        return min(float(usable), int(quota[0]) / int(quota[1]))
    return float(usable)


def _memory():
    page = os.sysconf("SC_PAGE_SIZE")
    total = os.sysconf("SC_PHYS_PAGES") * page
    available = os.sysconf("SC_AVPHYS_PAGES") * page
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemAvailable:"):
            available = int(line.split()[1]) * 1024
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        limit, used = _words(limit), _words(used)
        if limit and used and limit[0] != "max" and int(limit[0]) < total:
            return int(limit[0]), max(0, min(available, int(limit[0]) - int(used[0])))
    return total, available


def _lines(path):
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.readlines()
    except OSError:
        return []


def _words(path):
    return [word for line in _lines(path) for word in line.split()]


if __name__ == "__main__":
    print(json.dumps(collect_platform_metrics(), indent=2))
