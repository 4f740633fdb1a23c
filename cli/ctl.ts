/**
 * Administers a server over the network:
 *
 *     deno task ctl [FLAGS] COMMAND [FLAGS]
 *
 * @module
 */
import process from "node:process";

import { promptSecret } from "./ctl/prompt.ts";
import { runCtl } from "./ctl/run_ctl.ts";

if (import.meta.main) {
  process.exitCode = await runCtl(process.argv.slice(2), {
    environment: {
      XDG_CONFIG_HOME: Deno.env.get("XDG_CONFIG_HOME"),
      HOME: Deno.env.get("HOME"),
    },
    now: () => new Date(),
    prompt: promptSecret,
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
  });
}
