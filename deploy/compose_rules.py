"""What has to hold within compose.yaml, for where docker is not: everything that is named is there."""
import re

import yaml

# server.drain_ms is 10 s by default, and Docker kills after 10 s by default.
LEAST_GRACE_S = 20


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def image_faults(image):
    if "." in image.split("/")[0] and "/" in image:
        yield f"the image {image} names a registry"
    if not re.search(r":\d+\.\d+", image):
        yield f"the image {image} has no version"


def volume_faults(volume, declared, folder):
    source = volume.split(":")[0]
    if source.startswith((".", "/")):
        if not (folder / source).exists():
            yield f"there is no {source}"
    elif source not in declared:
        yield f"volume {source} is not declared"


def host_faults(environment, services):
    """Hosts in URLs and HOST:PORT lists have to be services."""
    for name, value in environment.items():
        for host in re.findall(r"(?:^|,|@|//)([a-z][a-z0-9-]*):\d+", str(value)):
            if host not in services and host != "localhost":
                yield f"{name} names the host {host}"


def service_faults(name, service, file, folder):
    services = file["services"]
    yield from image_faults(service["image"])
    for other, how in service.get("depends_on", {}).items():
        if other not in services:
            yield f"depends on {other}, which is not there"
        elif how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
            yield f"waits for the health of {other}, which has no health check"
    for volume in service.get("volumes", []):
        yield from volume_faults(volume, file["volumes"], folder)
    for network in service["networks"]:
        if network not in file["networks"]:
            yield f"network {network} is not declared"
    yield from host_faults(service.get("environment", {}), services)
    if name.startswith("parleyd") and int(service.get("stop_grace_period", "10s").rstrip("s")) < LEAST_GRACE_S:
        yield f"stop_grace_period is below {LEAST_GRACE_S} s"


def faults(file, folder):
    """Texts; none: it is whole. `folder` is where the file lies."""
    found, ports = [], []
    for name, service in file["services"].items():
        found += [f"{name}: {x}" for x in service_faults(name, service, file, folder)]
        ports += [x.rsplit(":", 1)[0] for x in service.get("ports", [])]
    found += [f"a port twice: {x}" for x in sorted(set(ports)) if ports.count(x) > 1]
    used = {x.split(":")[0] for s in file["services"].values() for x in s.get("volumes", [])}
    return found + [f"volume {x} is of no use" for x in file["volumes"] if x not in used]
