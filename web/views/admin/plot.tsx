import type { JSX } from "preact";
import { WORDS } from "../../languages/admin/words.ts";
import { plotPath, plotTop } from "./plot_path.ts";

/** One quantity over the last minutes, with what it is now. */
export function Plot(
  { name, values, format }: {
    readonly name: string;
    /** One every two seconds, oldest first; at least one. */
    readonly values: readonly number[];
    readonly format: (value: number) => string;
  },
): JSX.Element {
  const top = plotTop(values);
  const now = format(values.at(-1) ?? 0);
  const most = format(Math.max(0, ...values));
  return (
    <figure class="card admin-plot" data-testid="plot">
      <figcaption>
        <span class="soft">{name}</span>
        <strong dir="ltr">{now}</strong>
      </figcaption>
      <svg
        viewBox="0 0 240 80"
        preserveAspectRatio="none"
        role="img"
        aria-label={WORDS.statistics.plot({ name, now, most })}
      >
        <path class="admin-plot-area" d={plotPath(values, top, true)} />
        <path class="admin-plot-line" d={plotPath(values, top, false)} />
      </svg>
      <span class="soft small admin-plot-top" dir="ltr" aria-hidden="true">
        {format(top)}
      </span>
    </figure>
  );
}
