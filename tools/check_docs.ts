/**
 * Reports exports without a doc comment, and fails if there are any:
 *
 *     deno run --allow-read --allow-run tools/check_docs.ts
 *
 * It asks `deno doc --json` and not `deno doc --lint`, which wants a comment on
 * each field as well and rejects types that a schema infers.
 *
 * @module
 */

/** What is documented: the folders whose exports others use. */
const FOLDERS = [
  "lib",
  "protocol",
  "signalling",
  "sfu",
  "auth",
  "http",
  "web/client",
];

/** Files that only tests import. */
const TESTS = /_(test|bench|contract)\.ts$|\/(fake|test)_[^/]*$|\/fixtures\//;

/** The part that we need of what `deno doc --json` prints, version 2. */
export interface Documentation {
  readonly version: number;
  /** By the URL of the file. */
  readonly nodes: Readonly<Record<string, { readonly symbols?: Symbols }>>;
}

type Symbols = readonly {
  readonly name: string;
  readonly declarations: readonly {
    readonly location: { readonly filename: string; readonly line: number };
    readonly declarationKind: string;
    /** `reference` for what is exported again from elsewhere. */
    readonly kind: string;
    readonly jsDoc?: { readonly doc?: string };
  }[];
}[];

/**
 * Where an export lacks a doc comment: `file:line`, relative to `root`, and its
 * name. A type and a constant of one name, or overloads, need one between them.
 */
export function findUndocumented(
  { version, nodes }: Documentation,
  root: string,
): string[] {
  if (version !== 2) {
    throw new Error(`Cannot read deno doc's output: version ${version}`);
  }
  return Object.entries(nodes).flatMap(([file, { symbols = [] }]) =>
    symbols.flatMap(({ name, declarations }) => {
      const own = declarations.filter((
        { declarationKind, kind, location },
      ) =>
        declarationKind === "export" && kind !== "reference" &&
        location.filename === file
      );
      const [first] = own;
      if (!first || own.some(({ jsDoc }) => jsDoc?.doc?.trim())) return [];
      return `${file.replace(root, "")}:${first.location.line} ${name}`;
    })
  );
}

/** The TypeScript files below a folder, without those of tests. */
function* sourceFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourceFiles(path);
    else if (path.endsWith(".ts") && !TESTS.test(path)) yield path;
  }
}

async function readDocumentation(files: string[]): Promise<Documentation> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (!success) {
    throw new Error(
      `Cannot check docs: deno doc failed: ${text.decode(stderr)}`,
    );
  }
  return JSON.parse(text.decode(stdout)) as Documentation;
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  Deno.chdir(root);
  const files = FOLDERS.flatMap((folder) => [...sourceFiles(folder)]);
  const missing = findUndocumented(await readDocumentation(files), root.href);
  for (const line of missing) {
    console.error(`${line}: say in a doc comment what it is for`);
  }
  console.log(`${files.length} files, ${missing.length} exports without docs`);
  if (missing.length > 0) Deno.exit(1);
}
