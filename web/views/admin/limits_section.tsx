import type { JSX } from "preact";
import { WORDS } from "../../languages/admin/words.ts";
import { spokenLocale } from "../../strings.ts";
import { useAdmin } from "./admin_context.ts";

/** What the server bounds, and how often it had to refuse. */
export function LimitsSection(): JSX.Element {
  const { store, session } = useAdmin();
  const { limits, busy } = store.state.value;
  const words = WORDS.limits;
  return (
    <div class="admin-form">
      <h2 class="unseen">{WORDS.sections.limits}</h2>
      <p class="soft">{words.intro}</p>
      <div>
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void session.readLimits()}
        >
          {words.reload}
        </button>
      </div>
      {limits !== undefined && (
        <div
          class="card admin-scroll"
          tabIndex={0}
          role="group"
          aria-label={WORDS.sections.limits}
        >
          <table class="admin-table" data-testid="limits">
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.value}</th>
                <th scope="col">{words.refused}</th>
              </tr>
            </thead>
            <tbody>
              {namesOf(limits).map((name) => (
                <tr key={name}>
                  <th scope="row">
                    <code dir="ltr">{name}</code>
                  </th>
                  <td>{format(limits.limits[name])}</td>
                  <td data-some={limits.refused[name] !== undefined}>
                    {format(limits.refused[name] ?? 0)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** Some refusals have no limit of their own. */
function namesOf(
  { limits, refused }: {
    readonly limits: Readonly<Record<string, number>>;
    readonly refused: Readonly<Record<string, number>>;
  },
): readonly string[] {
  return [...new Set([...Object.keys(limits), ...Object.keys(refused)])]
    .toSorted();
}

function format(count: number | undefined): string {
  return count?.toLocaleString(spokenLocale()) ?? WORDS.limits.none;
}
