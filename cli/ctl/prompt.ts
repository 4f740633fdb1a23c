import { UsageError } from "../usage_error.ts";

const ENTER = [0x0a, 0x0d];
const INTERRUPT = [0x03, 0x04];
const BACKSPACE = [0x08, 0x7f];

/**
 * Asks for a secret on the terminal, without showing it; if standard input is
 * no terminal, its first line is taken.
 *
 * @throws {UsageError} if nothing comes
 */
export async function promptSecret(question: string): Promise<string> {
  const isTerminal = Deno.stdin.isTerminal();
  if (isTerminal) {
    await Deno.stderr.write(new TextEncoder().encode(question));
    Deno.stdin.setRaw(true);
  }
  try {
    return await readSecret();
  } finally {
    if (isTerminal) {
      Deno.stdin.setRaw(false);
      await Deno.stderr.write(new TextEncoder().encode("\n"));
    }
  }
}

async function readSecret(): Promise<string> {
  const typed: number[] = [];
  const byte = new Uint8Array(1);
  for (;;) {
    const count = await Deno.stdin.read(byte);
    const [code = 0] = byte;
    if (count !== null && ENTER.includes(code)) break;
    if (count === null && typed.length > 0) break;
    if (count === null || INTERRUPT.includes(code)) {
      throw new UsageError("No password was given");
    }
    if (!BACKSPACE.includes(code)) typed.push(code);
    else while (((typed.pop() ?? 0) & 0xc0) === 0x80); // all of its UTF-8
  }
  return new TextDecoder().decode(new Uint8Array(typed));
}
