import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { toPermissions } from "./serve.ts";
import { parseServeOptions } from "./serve_options.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("parseServeOptions() has defaults that need no preparation", () => {
  assert.deepEqual(parseServeOptions([]), {
    http: { hostname: "127.0.0.1", port: 8080 },
    https: { hostname: undefined, port: 8443 },
    dataDirectory: "data",
    groupsDirectory: "groups",
    staticDirectory: "web/dist",
    recordingsDirectory: "recordings",
    mediaPort: 8444,
    mediaWorkers: navigator.hardwareConcurrency,
    publicAddresses: [],
    relayOnly: false,
    native: "auto",
    logLevel: "info",
  });
});

Deno.test("parseServeOptions() takes every flag", () => {
  const args =
    "--http off --https=[::1]:443 --data d --groups g --static s --recordings r --media-port 0 --media-workers 3 " +
    "--public-address 192.0.2.1 --public-address 2001:db8::1 --relay-only --native off " +
    "--log-level debug";

  assert.deepEqual(parseServeOptions(args.split(" ")), {
    http: undefined,
    https: { hostname: "::1", port: 443 },
    dataDirectory: "d",
    groupsDirectory: "g",
    staticDirectory: "s",
    recordingsDirectory: "r",
    mediaPort: 0,
    mediaWorkers: 3,
    publicAddresses: ["192.0.2.1", "2001:db8::1"],
    relayOnly: true,
    native: "off",
    logLevel: "debug",
  });
  assert.equal(parseServeOptions(["--help"]), "help");
});

Deno.test("parseServeOptions() says what is wrong", () => {
  const wrong: [string[], RegExp][] = [
    [["--htpp", ":80"], /Unknown option '--htpp'/],
    [["stray"], /stray/],
    [["--http"], /--http/],
    [["--http", "localhost"], /Cannot use --http localhost/],
    [["--http", "off", "--https", "off"], /both --http and --https are off/],
    [["--media-port", "65536"], /Cannot use --media-port 65536/],
    [["--media-port", "-1"], /--media-port/],
    [["--media-workers", "x"], /--media-workers x: give a number/],
    [["--media-workers", "257"], /from 0 to 256/],
    [["--media-port", "65535", "--media-workers", "2"], /up to 65536/],
    [["--native", "yes"], /one of auto, on, off/],
    [["--log-level", "loud"], /one of debug, info, warn, error/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(
      () => parseServeOptions(args),
      (error) => error instanceof UsageError && message.test(error.message),
      args.join(" "),
    );
  }
});

Deno.test("toPermissions() lets the server write to its own folders only", () => {
  const options = parseServeOptions(["--data", "/a,b", "--static", "/page"]);
  assert.ok(options !== "help");

  const permissions = toPermissions(options);

  assert.ok(permissions.includes("--allow-write=/a,,b,groups,recordings"));
  const read = permissions.find((one) => one.startsWith("--allow-read="));
  assert.match(
    read ?? "",
    /^--allow-read=\/a,,b,groups,recordings,\/page,\/.*\/auth\/bcrypt_worker\.ts,/,
  );
  // The code of workers, and nothing else of the project's folder.
  const code = read?.split(",").slice(6).map((path) =>
    path.replace(toRoot(), "")
  );
  assert.deepEqual(code, [
    "auth/bcrypt_worker.ts",
    "media_worker.ts",
    "recording_worker.ts",
    "clock.ts",
    "lib",
    "protocol",
    "recording",
    "sfu",
  ]);
  assert.ok(!permissions.some((one) => /run|-A|all$/.test(one)));
});

Deno.test("toPermissions() lets the server use three libraries, or none", () => {
  const ffi = (...args: string[]) => {
    const options = parseServeOptions(args);
    assert.ok(options !== "help");
    return toPermissions(options).filter((one) => one.includes("ffi"));
  };
  assert.deepEqual(ffi("--native", "off"), []);
  const [permission] = ffi();
  const paths = permission?.replace("--allow-ffi=", "").split(",") ?? [];
  assert.equal(paths.length > 0, Deno.build.os === "linux");
  for (const path of paths) {
    assert.match(path, /^\/.*\/(libc\.so\.6|lib(crypto|ssl)\.so\.3)$/);
  }
});

Deno.test("A Unix socket may be served on, and nothing beside it (D-1)", () => {
  const options = parseServeOptions(["--http", "/run/x.sock"]);
  assert.ok(options !== "help");

  assert.deepEqual(options.http, { path: "/run/x.sock" });
  const permissions = toPermissions(options);
  assert.ok(
    permissions.includes("--allow-write=data,groups,recordings,/run/x.sock"),
  );
});

function toRoot(): string {
  return fileURLToPath(new URL("../", import.meta.url));
}
