/**
 * Images that stand in for those that a `Dockerfile` names in `FROM`, where no
 * registry of images can be reached: Debian by `debootstrap`, Node from npm.
 *
 * @module
 */
import { type Buildah, run } from "./buildah.ts";

/** What a `Dockerfile` is built from. */
export interface BaseImages {
  /** `node:VERSION-SUITE-slim` */
  readonly node: {
    readonly image: string;
    readonly version: string;
    readonly suite: string;
  };
  /** `debian:RELEASE-slim` */
  readonly debian: { readonly image: string; readonly release: string };
}

/**
 * Reads the base images of a `Dockerfile`.
 *
 * @throws {Error} if they are others than are known here
 */
export function parseBaseImages(dockerfile: string): BaseImages {
  const node = /^FROM (node:(\d+\.\d+\.\d+)-(\w+)-slim)\b/m.exec(dockerfile);
  const debian = /^FROM (debian:(\d+\.\d+)-slim)\b/m.exec(dockerfile);
  const [, nodeImage, version, suite] = node ?? [];
  const [, debianImage, release] = debian ?? [];
  if (!nodeImage || !version || !suite || !debianImage || !release) {
    throw new Error(
      "Cannot stand in for the images of the Dockerfile: they should be " +
        "node:VERSION-SUITE-slim and debian:RELEASE-slim",
    );
  }
  return {
    node: { image: nodeImage, version, suite },
    debian: { image: debianImage, release },
  };
}

/** What Debian's slim images leave out, besides what is only a cache. */
const NOT_IN_SLIM = [
  "/var/cache/apt",
  "/var/lib/apt/lists",
  "/var/log",
  "/usr/share/doc",
  "/usr/share/man",
  "/usr/share/info",
  "/usr/share/locale",
];

/** Where programs look for certificates of authorities. */
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Makes both images.
 *
 * @param folder for what is needed on the way; stays the caller's
 * @returns Debian's release, which need not be the one that the tag names
 */
export async function makeBaseImages(
  buildah: Buildah,
  { node, debian }: BaseImages,
  folder: string,
): Promise<string> {
  const root = `${folder}/debian`;
  await run("debootstrap", ["--variant=minbase", node.suite, root]);
  for (const path of NOT_IN_SLIM) await empty(`${root}${path}`);
  await buildah.make(
    fullName(debian.image),
    "scratch",
    (container) => buildah.do(["add", "--quiet", container, root, "/"]).then(),
  );
  const release = await Deno.readTextFile(`${root}/etc/debian_version`);

  const npm = `${folder}/npm`;
  const packages = [`node-linux-${nodeArch()}@${node.version}`, "npm@11.21.2"];
  await run("npm", ["install", "--no-save", "--prefix", npm, ...packages]);
  await buildah.make(
    fullName(node.image),
    fullName(debian.image),
    (container) => addNode(buildah, container, `${npm}/node_modules`),
  );
  return release.trim();
}

/** What a `Dockerfile` means by an image's short name. */
function fullName(image: string): string {
  return `docker.io/library/${image}`;
}

async function addNode(
  buildah: Buildah,
  container: string,
  packages: string,
): Promise<void> {
  const node = `${packages}/node-linux-${nodeArch()}/bin`;
  const lib = "/usr/local/lib/node_modules/npm";
  await buildah.do(["add", "--quiet", container, node, "/usr/local/bin"]);
  await buildah.do(["add", "--quiet", container, `${packages}/npm`, lib]);
  for (const program of ["npm", "npx"]) {
    const link = [`${lib}/bin/${program}-cli.js`, `/usr/local/bin/${program}`];
    await buildah.do(["run", container, "--", "ln", "-s", ...link]);
  }
  // Packages come the way that they come to this machine.
  await buildah.do(["add", "--quiet", container, AUTHORITIES, AUTHORITIES]);
  const variables = ["NODE_EXTRA_CA_CERTS", "DENO_CERT"];
  const settings = variables.map((name) => `--env=${name}=${AUTHORITIES}`);
  await buildah.do(["config", ...settings, container]);
}

/** The processor, by Node's name of it. */
function nodeArch(): string {
  return Deno.build.arch === "aarch64" ? "arm64" : "x64";
}

async function empty(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
}
