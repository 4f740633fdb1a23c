/**
 * The project's own lint rules, for `deno lint`: layers, packages, pure code,
 * and what else the house style demands that a machine can see.
 *
 * @module
 */
import { checkImport, checkPackage, isPure, isTest } from "./layers.ts";

type Rule = Deno.lint.Rule;
type Context = Deno.lint.RuleContext;

/** Files aim at 150 lines; past this, all but tests owe a reason. */
const MAX_LINES = 400;
const REASON = /^\/\/ Long because: \S/m;

const ROOT = new URL("../", import.meta.url).pathname;

/** Names that pure code may not know; `Date` and `Math` are looked at closer. */
const IMPURE: ReadonlySet<string> = new Set([
  "Deno",
  "WebSocket",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** The path below the project's root, or `undefined` outside of it. */
function projectPath(context: Context): string | undefined {
  const name = context.filename.replaceAll("\\", "/");
  return name.startsWith(ROOT) ? name.slice(ROOT.length) : undefined;
}

/** Says what is wrong with an import, if anything. */
type Check = (
  path: string,
  specifier: string,
  typeOnly: boolean,
) => string | undefined;

/** A visitor that hands each specifier that a file imports to `check`. */
function onImports(context: Context, check: Check): Deno.lint.LintVisitor {
  const path = projectPath(context);
  if (path === undefined) return {};
  const visit = (node: Deno.lint.Node | null, typeOnly: boolean) => {
    if (node?.type !== "Literal" || typeof node.value !== "string") return;
    const message = check(path, node.value, typeOnly);
    if (message) context.report({ node, message });
  };
  return {
    ImportDeclaration: (node) => visit(node.source, node.importKind === "type"),
    ImportExpression: (node) => visit(node.source, false),
    ExportAllDeclaration: (node) =>
      visit(node.source, node.exportKind === "type"),
    ExportNamedDeclaration: (node) =>
      visit(node.source, node.exportKind === "type"),
    "TSImportType Literal": (node: Deno.lint.Node) => visit(node, true),
  };
}

const layers: Rule = {
  create: (context) =>
    onImports(context, (path, specifier, typeOnly) => {
      if (!/^\.{0,2}\//.test(specifier)) return undefined;
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      return checkImport(path, target, typeOnly);
    }),
};

const packages: Rule = {
  create: (context) =>
    onImports(context, (path, specifier) => {
      if (/^\.{0,2}\//.test(specifier)) return undefined;
      return checkPackage(path, specifier);
    }),
};

/** Whether an identifier only names a property, and refers to nothing. */
function isKey(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "MethodDefinition":
    case "Property": // of a shorthand one, the value is visited, too
    case "PropertyDefinition":
    case "TSMethodSignature":
    case "TSPropertySignature":
      return parent.key === node;
    default:
      return false;
  }
}

/** What an identifier does that pure code may not, if anything. */
function impurity(node: Deno.lint.Identifier): string | undefined {
  const { name, parent } = node;
  if (isKey(node)) return undefined;
  if (IMPURE.has(name)) return name;
  if (parent.type === "MemberExpression" && parent.object === node) {
    const property = parent.property.type === "Identifier" &&
      parent.property.name;
    if (name === "Date" && property === "now") return "Date.now";
    if (name === "Math" && property === "random") return "Math.random";
  }
  const isCallee = parent.type === "CallExpression" ||
    (parent.type === "NewExpression" && parent.arguments.length === 0);
  return name === "Date" && isCallee && parent.callee === node
    ? "the current Date"
    : undefined;
}

const pure: Rule = {
  create(context) {
    const path = projectPath(context);
    const exempt = path === undefined || !isPure(path) ||
      path.endsWith("_bench.ts");
    if (exempt) return {};
    return {
      Identifier(node) {
        const what = impurity(node);
        if (what === undefined) return;
        const message = `${what} has no place in pure code: take the time, ` +
          `the randomness or the result as an argument`;
        context.report({ node, message });
      },
    };
  },
};

const noDefaultExport: Rule = {
  create(context) {
    const message = "No default exports: export it by its name, so that it " +
      "has one name everywhere";
    // Deno wants a plugin's default export.
    if (projectPath(context) === "tools/lint_plugin.ts") return {};
    return {
      ExportDefaultDeclaration: (node) => context.report({ node, message }),
      "ExportSpecifier[exported.name='default']": (node) =>
        context.report({ node, message }),
    };
  },
};

const noEnum: Rule = {
  create: (context) => ({
    TSEnumDeclaration: (node) =>
      context.report({
        node,
        message: "No enum: use a union of string literals, or a const object " +
          "with a type of its values",
      }),
  }),
};

const noModuleState: Rule = {
  create(context) {
    const path = projectPath(context);
    if (path !== undefined && isTest(path)) return {};
    const report = (node: Deno.lint.VariableDeclaration) => {
      if (node.kind !== "let" && node.kind !== "var") return;
      const message = "No mutable state in modules: keep it in an object " +
        "that main.ts, or a test, creates";
      context.report({ node, message });
    };
    return {
      "Program > VariableDeclaration": report,
      "Program > ExportNamedDeclaration > VariableDeclaration": report,
    };
  },
};

const fileSize: Rule = {
  create(context) {
    const path = projectPath(context);
    if (path === undefined || isTest(path)) return {};
    return {
      Program(node) {
        const { text } = context.sourceCode;
        const lines = text.trimEnd().split("\n").length;
        if (lines <= MAX_LINES || REASON.test(text)) return;
        const message =
          `${lines} lines are more than ${MAX_LINES}: split the ` +
          `file, or say why not in a comment "// Long because: …"`;
        context.report({ range: [node.range[0], node.range[0]], message });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "nereid",
  rules: {
    layers,
    packages,
    pure,
    "no-default-export": noDefaultExport,
    "no-enum": noEnum,
    "no-module-state": noModuleState,
    "file-size": fileSize,
  },
};

export default plugin;
