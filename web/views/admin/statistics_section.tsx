import type { JSX } from "preact";
import { toSample } from "../../admin/statistics_sample.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { spokenLocale } from "../../strings.ts";
import { useAdmin } from "./admin_context.ts";
import { Plot } from "./plot.tsx";

/** Who is in which group now, and what flows: read again every two seconds. */
export function StatisticsSection(): JSX.Element {
  const { samples, isStale } = useAdmin().store.state.value.statistics;
  const words = WORDS.statistics;
  if (samples.length === 0) {
    return <p class="soft">{isStale ? words.stale : words.waiting}</p>;
  }
  return (
    <div class="admin-form">
      <h2 class="unseen">{WORDS.sections.statistics}</h2>
      {isStale && <p class="notice notice-warning">{words.stale}</p>}
      <div class="admin-plots">
        <Plot
          name={words.clients}
          values={samples.map(({ clients }) => clients)}
          format={formatCount}
        />
        <Plot
          name={words.flows}
          values={samples.map(({ flows }) => flows)}
          format={formatCount}
        />
        <Plot
          name={words.received}
          values={samples.map(({ receivedBps }) => receivedBps)}
          format={formatRate}
        />
        <Plot
          name={words.sent}
          values={samples.map(({ sentBps }) => sentBps)}
          format={formatRate}
        />
      </div>
      <GroupTable />
    </div>
  );
}

function GroupTable(): JSX.Element {
  const { groups = [] } = useAdmin().store.state.value.statistics;
  const words = WORDS.statistics;
  const busy = groups.filter(({ clients }) => clients.length > 0);
  if (busy.length === 0) return <p class="soft">{words.nobody}</p>;
  return (
    <div
      class="card admin-scroll"
      tabIndex={0}
      role="group"
      aria-label={words.group}
    >
      <table class="admin-table" data-testid="group-statistics">
        <thead>
          <tr>
            <th scope="col">{words.group}</th>
            <th scope="col">{words.clients}</th>
            <th scope="col">{words.flows}</th>
            <th scope="col">{words.received}</th>
            <th scope="col">{words.sent}</th>
          </tr>
        </thead>
        <tbody>
          {busy.map((group) => {
            const { clients, flows, receivedBps, sentBps } = toSample([group]);
            return (
              <tr key={group.name}>
                <th scope="row" dir="auto">{group.name}</th>
                <td>{formatCount(clients)}</td>
                <td>{formatCount(flows)}</td>
                <td dir="ltr">{formatRate(receivedBps)}</td>
                <td dir="ltr">{formatRate(sentBps)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function formatCount(count: number): string {
  return count.toLocaleString(spokenLocale());
}

/** In Mbit/s, or in kbit/s if it is less than one of them. */
function formatRate(rateBps: number): string {
  const isSmall = rateBps < 1e6;
  const value = (rateBps / (isSmall ? 1e3 : 1e6)).toLocaleString(
    spokenLocale(),
    { maximumFractionDigits: isSmall ? 0 : 1 },
  );
  return `${value} ${isSmall ? "kbit/s" : "Mbit/s"}`;
}
