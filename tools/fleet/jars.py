"""Java, and the jars of Cassandra: Maven fetches them once."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from fleet import progress
from fleet.folder import FleetError, Folder

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
POM = HERE / "cassandra-pom.xml"
# In short form Maven does not find the plug-in of that version.
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
TRIES = 3
FETCH_S = 600


def fetch():
    """The folder with Cassandra's jars; fetches them where they are not there yet."""
    kept = Folder(ROOT / "build/engines")
    version = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]  # another pom is another folder
    jars = kept / f"jars-{version}"
    with kept.locked("jars.lock"):
        if not jars.exists():
            copy(kept / f"jars-{version}.partial", kept / "maven.log")
            (kept / f"jars-{version}.partial").rename(jars)
    return jars


def copy(target, log):
    maven = shutil.which("mvn")
    if not maven:
        raise FleetError("mvn (Maven) is not there: tools/install_packages engines")
    progress.say("fetching the jars of Cassandra (70 MB the first time)")
    for attempt in range(1, TRIES + 1):
        shutil.rmtree(target, ignore_errors=True)
        with open(log, "wb") as output:
            done = subprocess.run(
                [maven, "-B", "-q", COPY, "-f", POM, f"-DoutputDirectory={target}", "-DincludeScope=runtime"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=FETCH_S, check=False)
        if done.returncode == 0 and list(target.glob("cassandra-all-*.jar")):
            return
        progress.say(f"Maven failed (try {attempt} of {TRIES})")
    raise FleetError("Maven could not fetch Cassandra:\n" + progress.tail(log, 15))


def java():
    """A Java on which this Cassandra runs: 17, and no newer one."""
    home = os.environ.get("JAVA_HOME")
    places = [pathlib.Path(home, "bin/java")] if home else []
    places += [pathlib.Path(found)] if (found := shutil.which("java")) else []
    places += sorted(pathlib.Path("/usr/lib/jvm").glob("*17*/bin/java"))
    for place in places:
        if place.exists() and version_of(place) == 17:
            return str(place)
    raise FleetError("no Java 17 is there, which Cassandra needs: tools/install_packages engines")


def version_of(program):
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None
