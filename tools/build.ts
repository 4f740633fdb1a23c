/**
 * Builds the web client: `web/` → `web/dist/`, ready to be served as it lies.
 *
 * What is in `assets/` carries a hash of its content in its name and may be
 * cached for ever; everything else (pages, icons, manifest) keeps its name and
 * is to be revalidated.
 *
 * @module
 */
import { basename, dirname, join, parse, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { esbuildPath } from "./esbuild_path.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WEB = join(ROOT, "web");

/** Pages in `web/`, and where they go in `web/dist/`. */
const PAGES: Readonly<Record<string, string>> = {
  "index.html": "index.html",
  "group.html": "group.html",
  "change-password.html": "change-password.html",
  "admin.html": "admin/index.html",
  "404.html": "404.html",
};
/** What the pages load, as their HTML names it. */
const ENTRIES = [
  "landing.tsx",
  "main.tsx",
  "change_password.tsx",
  "admin.tsx",
  "media/effects/picture_worker.ts",
  "styles/main.css",
  "styles/admin.css",
];
const VISION = "node_modules/@mediapipe/tasks-vision/wasm";
const SEGMENTATION = "node_modules/@twilio/video-processors";
const SUPPRESSOR = "node_modules/@sapphi-red/web-noise-suppressor";
/** What is loaded when somebody chooses an effect, as the HTML names it. */
const PARTS: Readonly<Record<string, string>> = {
  "parts/segmenter.js": `${VISION}/vision_wasm_module_internal.js`,
  "parts/segmenter.wasm": `${VISION}/vision_wasm_module_internal.wasm`,
  "parts/segmenter.tflite":
    `${SEGMENTATION}/dist/build/selfie_segmentation_landscape.tflite`,
  "parts/rnnoise.js": `${SUPPRESSOR}/dist/rnnoise/workletProcessor.js`,
  "parts/rnnoise.wasm": `${SUPPRESSOR}/dist/rnnoise_simd.wasm`,
};
/** Licences that ask to be handed on with what they are for. */
const LICENCES: Readonly<Record<string, string>> = {
  "assets/inter-LICENSE.txt": "node_modules/@fontsource-variable/inter/LICENSE",
  "assets/rnnoise-LICENSE.txt": `${SUPPRESSOR}/LICENSE`,
  "assets/background-model-LICENSE.txt":
    "node_modules/@twilio/video-processors/LICENSE.md",
};

const OPTIONS = [
  "--bundle",
  "--splitting",
  "--format=esm",
  "--target=chrome114,firefox132,safari17",
  "--jsx=automatic",
  "--jsx-import-source=preact",
  "--entry-names=assets/[name]-[hash]",
  "--chunk-names=assets/chunk-[hash]",
  "--asset-names=assets/[name]-[hash]",
  "--loader:.woff2=file",
  "--minify",
  "--sourcemap=linked",
  "--legal-comments=linked",
  "--log-level=warning",
];

/** The part of esbuild's report that is used: its outputs, by path. */
type Outputs = Readonly<Record<string, Output>>;

interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

/** An entry point as pages load it. */
interface Entry {
  /** `/assets/main-1A2B3C4D.js` */
  readonly address: string;
  /** Addresses of what it imports, and what that does, without which it waits. */
  readonly imports: readonly string[];
}

/**
 * Bundles scripts and styles, and writes them with pages and icons to `outDir`.
 * What an earlier build left there goes last, so that the folder can be served
 * meanwhile.
 *
 * @returns sizes in bytes by path below `outDir`
 * @throws {Error} if a source does not bundle, or a page names what is not built
 */
export async function buildWeb(
  outDir: string,
): Promise<ReadonlyMap<string, number>> {
  await Deno.mkdir(outDir, { recursive: true });
  const outputs = await bundle(outDir);
  const sizes = new Map<string, number>();
  for (const [path, { bytes }] of Object.entries(outputs)) {
    sizes.set(relative(outDir, join(ROOT, path)), bytes);
  }
  const entries = entriesOf(outputs, outDir);
  for (const [name, source] of Object.entries(PARTS)) {
    const path = await copyHashed(join(ROOT, source), name, outDir);
    entries.set(name, { address: `/${path}`, imports: [] });
    sizes.set(path, (await Deno.stat(join(outDir, path))).size);
  }
  for (const [page, place] of Object.entries(PAGES)) {
    sizes.set(place, await writePage(page, entries, join(outDir, place)));
  }
  for await (const { name } of Deno.readDir(join(WEB, "icons"))) {
    sizes.set(name, await copy(join(WEB, "icons", name), join(outDir, name)));
  }
  for (const [path, source] of Object.entries(LICENCES)) {
    await copy(join(ROOT, source), join(outDir, path));
  }
  await removeOthers(
    join(outDir, "assets"),
    new Set([...sizes.keys(), ...Object.keys(LICENCES)]),
  );
  return sizes;
}

/**
 * Runs esbuild itself rather than its JavaScript API, which would hand the
 * whole environment to the process and so need permission to read all of it.
 */
async function bundle(outDir: string): Promise<Outputs> {
  const metafile = join(outDir, "build.json");
  const command = new Deno.Command(esbuildPath(), {
    args: [
      ...ENTRIES.map((entry) => join(WEB, entry)),
      ...OPTIONS,
      `--outdir=${outDir}`,
      `--metafile=${metafile}`,
    ],
    cwd: ROOT,
    clearEnv: true,
  });
  const { success } = await command.spawn().status;
  if (!success) throw new Error("Cannot build the web client: see above");
  const { outputs } = JSON.parse(await Deno.readTextFile(metafile));
  await Deno.remove(metafile);
  return outputs;
}

/** Where each entry point ended up, by the name of its source. */
function entriesOf(
  outputs: Outputs,
  outDir: string,
): Map<string, Entry> {
  const addressOf = (path: string) => `/${relative(outDir, join(ROOT, path))}`;
  const entries = new Map<string, Entry>();
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    entries.set(relative(WEB, join(ROOT, entryPoint)), {
      address: addressOf(path),
      imports: [...importsOf(path, outputs)].map(addressOf),
    });
  }
  return entries;
}

/** All that is loaded with an output, at once and whatever happens. */
function importsOf(
  path: string,
  outputs: Outputs,
  found = new Set<string>(),
): Set<string> {
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind !== "import-statement" || found.has(next)) continue;
    found.add(next);
    importsOf(next, outputs, found);
  }
  return found;
}

/**
 * Writes a page with the built addresses in place of the sources' names. What
 * scripts import is named, too, so that browsers fetch it all at once.
 */
async function writePage(
  page: string,
  entries: ReadonlyMap<string, Entry>,
  to: string,
): Promise<number> {
  const source = await Deno.readTextFile(join(WEB, page));
  const imports = new Set<string>();
  const text = source.replace(
    /(src|href)="\.\/([^"]+)"/g,
    (_, attribute: string, name: string) => {
      const entry = entries.get(name);
      if (entry === undefined) {
        throw new Error(`Cannot build ${page}: "${name}" is not an entry`);
      }
      // A worker begins later, if ever.
      const later = name.endsWith("_worker.ts");
      for (const address of later ? [] : entry.imports) imports.add(address);
      return `${attribute}="${entry.address}"`;
    },
  );
  const hints = [...imports].map((address) =>
    `  <link rel="modulepreload" href="${address}">\n  `
  );
  const bytes = new TextEncoder().encode(
    text.replace("</head>", `${hints.join("")}</head>`),
  );
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.writeFile(to, bytes);
  return bytes.length;
}

/** @returns its path below `outDir`: `parts/a.js` → `assets/a-1a2b3c4d.js` */
async function copyHashed(
  from: string,
  name: string,
  outDir: string,
): Promise<string> {
  const bytes = await Deno.readFile(from);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const hash = new Uint8Array(digest).subarray(0, 4).toHex();
  const { name: stem, ext } = parse(name);
  const path = `assets/${stem}-${hash}${ext}`;
  await Deno.writeFile(join(outDir, path), bytes);
  return path;
}

async function copy(from: string, to: string): Promise<number> {
  const bytes = await Deno.readFile(from);
  await Deno.writeFile(to, bytes);
  return bytes.length;
}

async function removeOthers(
  folder: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (!kept.has(relative(dirname(folder), path))) await Deno.remove(path);
  }
}

if (import.meta.main) {
  const started = performance.now();
  const outDir = join(WEB, "dist");
  const sizes = await buildWeb(outDir);
  for (const [name, sizeBytes] of sizes) {
    if (!/\.(js|css|html)$/.test(name)) continue;
    console.log(
      `${String(sizeBytes).padStart(8)}  ${basename(outDir)}/${name}`,
    );
  }
  console.log(`Built in ${Math.round(performance.now() - started)} ms`);
}
