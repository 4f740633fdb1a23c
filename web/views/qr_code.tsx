import type { JSX } from "preact";
import { generate } from "lean-qr";

/** Light modules around the code, as ISO/IEC 18004 §6.3.8 wants them. */
const QUIET = 4;

/** A text as a picture that phones read. */
export function QrCode(
  { text, label }: { readonly text: string; readonly label: string },
): JSX.Element {
  const code = generate(text);
  const side = code.size + 2 * QUIET;
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
      data-testid="invite-qr"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
