/**
 * Who may import whom, and which package: the table of `docs/architecture.md`
 * as data. Paths are relative to the project's root.
 *
 * @module
 */

/** What the code below one path may import, besides itself. */
interface Layer {
  /** Paths of folders or files of ours. */
  readonly imports: readonly string[];
  /** The same, for `import type` only: what leaves no trace at run time. */
  readonly types?: readonly string[];
  /** Pinned in `deno.json`. */
  readonly packages?: readonly string[];
  /** Neither clock, randomness, timers nor input and output of its own. */
  readonly pure?: boolean;
  /** Runs in browsers, so that `node:` is out of place. */
  readonly browser?: boolean;
}

const EVERYTHING = [
  "app.ts",
  "auth",
  "cli",
  "clock.ts",
  "http",
  "lib",
  "log.ts",
  "protocol",
  "recording",
  "server_media.ts",
  "sfu",
  "signalling",
  "statistics.ts",
  "tools",
  "web",
];

/** By path; the longest that fits counts. `main.ts` is in nobody's list. */
const LAYERS: Readonly<Record<string, Layer>> = {
  "lib": { imports: [], pure: true },
  "protocol": { imports: ["lib"], packages: ["valibot"], pure: true },
  "signalling": { imports: ["lib", "protocol"], pure: true },
  "auth": {
    imports: ["lib", "protocol"],
    // What signalling asks of whoever checks credentials.
    types: ["signalling/effects.ts", "signalling/group_description.ts"],
    packages: ["valibot", "hash-wasm", "jose"],
  },
  "sfu/rtp": { imports: ["lib"], pure: true },
  "sfu/sdp": {
    imports: ["lib"],
    types: ["sfu/transport/ports.ts"],
    pure: true,
  },
  "sfu/transport": {
    imports: ["lib", "sfu/rtp"],
    packages: ["werift", "@peculiar/x509", "reflect-metadata"],
  },
  "recording/matroska": { imports: [], pure: true },
  "recording/frames": {
    imports: ["lib", "sfu/rtp", "recording/matroska"],
    pure: true,
  },
  "recording": { imports: ["lib", "protocol", "sfu"] },
  "sfu": { imports: ["lib", "protocol/ids.ts", "protocol/media_plane.ts"] },
  "http": {
    imports: ["lib", "protocol", "auth"],
    packages: ["hono", "valibot", "@peculiar/x509", "reflect-metadata"],
  },
  "http/whip": {
    // WHEP joins what a player offers to what the server offers everybody.
    imports: ["lib", "protocol", "auth", "http", "sfu/sdp"],
  },
  "web/client": { imports: ["lib", "protocol"], browser: true },
  "web": {
    imports: ["lib", "protocol"],
    packages: [
      "preact",
      "@preact/signals",
      "i18next",
      "lean-qr",
      "valibot",
      "@mediapipe/tasks-vision",
      "@sapphi-red/web-noise-suppressor",
    ],
    browser: true,
  },
  "cli": {
    // Which libraries the server may load.
    imports: ["lib", "protocol", "auth", "sfu/transport/native/libraries.ts"],
    packages: ["valibot"],
  },
  "clock.ts": { imports: ["lib"] },
  "log.ts": { imports: ["lib"] },
  "server_media.ts": { imports: ["lib", "cli", "http", "sfu"] },
  "statistics.ts": { imports: ["protocol", "signalling"] },
  "app.ts": {
    imports: ["lib", "protocol", "signalling", "auth", "sfu", "statistics.ts"],
    // The interface by which the server knows the app, and the log's.
    types: ["http", "log.ts"],
  },
  "main.ts": { imports: EVERYTHING },
  "media_worker.ts": { imports: ["clock.ts", "sfu"] },
  "recording_worker.ts": { imports: ["clock.ts", "recording"] },
  "tools": {
    imports: EVERYTHING,
    packages: ["esbuild", "@fontsource-variable/inter"],
  },
  "tests": { imports: EVERYTHING, packages: ["werift"] },
};

/** For tests, and for the tools that drive browsers. */
const TEST_PACKAGES = [
  "axe-core",
  "fast-check",
  "jose",
  "playwright-core",
  "puppeteer-core",
];

/** What tests of pure folders may take from Node. */
const TEST_BUILT_INS = ["node:test", "node:assert", "node:assert/strict"];

/**
 * Whether a path is that of a test or a benchmark, or of what tests share:
 * contract tests, fakes, fixtures, support.
 */
export function isTest(path: string): boolean {
  return /_(test|bench|contract)\.tsx?$/.test(path) ||
    /(^|\/)(fake|test)_[^/]*$/.test(path) ||
    /(^|\/)(tests|fixtures)\//.test(path);
}

/** Whether the code at `path` has to be pure. */
export function isPure(path: string): boolean {
  return layerOf(path)?.layer.pure === true;
}

/**
 * What is wrong with importing `target` from `path`, and what to do instead;
 * `undefined` if nothing is.
 *
 * @param target a path, relative to the root like `path`
 * @param typeOnly whether only types are imported
 */
export function checkImport(
  path: string,
  target: string,
  typeOnly: boolean,
): string | undefined {
  const found = layerOf(path);
  if (!found) {
    return `${path} is in no layer: add its folder to tools/layers.ts`;
  }
  const { name, layer } = found;
  const { imports, types = [] } = layer;
  const allowed = [name, ...imports];
  if (isTest(path)) allowed.push("tests/support", "clock.ts");
  if (target === "main.ts" || /^[a-z]+_worker\.ts$/.test(target)) {
    return `${target} is a composition root and nobody imports it: move what ` +
      "is shared to a module of its own";
  }
  if (allowed.some((one) => isBelow(one, target))) return undefined;
  if (types.some((one) => isBelow(one, target))) {
    return typeOnly
      ? undefined
      : `${name} may import only types of ${target}: write import type`;
  }
  const list = imports.join(", ") || "nothing else";
  return `${name} may not import ${target}: it may import ${list}. Declare ` +
    `an interface on this side and have main.ts or app.ts join the two, or ` +
    `move the shared part down`;
}

/** The same for a specifier that is no path. */
export function checkPackage(
  path: string,
  specifier: string,
): string | undefined {
  const found = layerOf(path);
  if (!found) return undefined; // checkImport() says so
  if (specifier.startsWith("node:")) return checkBuiltIn(path, specifier);
  if (/^[a-z]+:/.test(specifier)) {
    return `${specifier} is not pinned: add it to "imports" in deno.json as ` +
      `an npm package with its exact version, and import it by its name`;
  }
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const allowed = [...found.layer.packages ?? []];
  if (isTest(path) || found.name === "tools") allowed.push(...TEST_PACKAGES);
  if (allowed.includes(name)) return undefined;
  return `${found.name} may not import the package ${name}: put the code where ` +
    `tools/layers.ts allows it, or add it there and say why in the commit`;
}

function checkBuiltIn(path: string, specifier: string): string | undefined {
  const { layer } = layerOf(path) ?? {};
  if (layer?.browser && !isTest(path)) {
    return `${specifier} does not exist in browsers: use what the web has`;
  }
  const usable = isTest(path) && TEST_BUILT_INS.includes(specifier);
  if (!layer?.pure || usable) return undefined;
  return `${specifier} has no place in pure code: take what it gives as an ` +
    `argument (tests may import ${TEST_BUILT_INS.join(", ")})`;
}

function layerOf(path: string): { name: string; layer: Layer } | undefined {
  const own = path.replace(/_(test|bench)(?=\.tsx?$)/, "");
  const [name] = Object.keys(LAYERS)
    .filter((one) => isBelow(one, own))
    .sort((a, b) => b.length - a.length);
  const layer = name === undefined ? undefined : LAYERS[name];
  return name && layer ? { name, layer } : undefined;
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
