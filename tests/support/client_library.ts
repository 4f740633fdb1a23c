import { fileURLToPath } from "node:url";
import { esbuildPath } from "../../tools/esbuild_path.ts";

const ENTRY = fileURLToPath(
  new URL("../../web/client/mod.ts", import.meta.url),
);

/**
 * The client library as one script for any page, which finds it in the global
 * `nereid`. It is bundled anew each time.
 *
 * @throws {Error} if it does not bundle
 */
export async function bundleClientLibrary(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(esbuildPath(), {
    args: [ENTRY, "--bundle", "--format=iife", "--global-name=nereid"],
    clearEnv: true,
  }).output();
  if (success) {
    // Said anew, because what runs it may do so within a function.
    return `${new TextDecoder().decode(stdout)}globalThis.nereid = nereid;`;
  }
  throw new Error(new TextDecoder().decode(stderr));
}
