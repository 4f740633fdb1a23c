import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("bench_forward.ts", import.meta.url));

const NAMES = [
  "packetsPerCpuSecond",
  "floorPacketsPerCpuSecond",
  "weriftPacketsPerCpuSecond",
  "gbitPerCpuSecond",
  "latencyP50Ms",
  "latencyP99Ms",
  "handshakeCpuMs",
  "weriftHandshakeCpuMs",
  "bytesPerSubscriber",
  "allocatedBytesPerPacket",
  "chatP99Ms",
  "crowdLatencyP99Ms",
  "silentPacketsPerCpuSecond",
  "tellingPacketsPerCpuSecond",
  "spreadPacketsPerCpuSecond",
  "spreadLatencyP99Ms",
];

if (Deno.build.os === "linux") {
  Deno.test("the forwarding benchmark runs, and forwards everything", async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-all", BENCH, "--smoke"],
    }).output();
    const log = new TextDecoder().decode(stderr);
    assert.equal(code, 0, log);
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    const figures = JSON.parse(lines.at(-1) ?? "") as Record<string, unknown>;
    assert.deepEqual(Object.keys(figures), NAMES);
    // At full load and at half.
    const losses = [...log.matchAll(/"loss": (.*)/g)].map((match) => match[1]);
    assert.deepEqual(losses, ["0", "0"], log);
    // How much they get depends on what the machine has time for.
    assert.ok(Number(figures.tellingPacketsPerCpuSecond) > 0, log);
  });
}
