// The single licences behind a row.

import { api, told, type Account, type Grant, type Row } from "../api";
import { date, number } from "../format";
import { useLoaded } from "../loading";
import { Loading, Trouble } from "../parts/basics";
import { Since } from "../staff/changes";
import { words } from "../words";
import { rowId } from "./draft";
import { serviceNames } from "./name";

/** The numbers of the account's orders by their ids; a licence says only which order gave it. */
async function orderNumbers(accountId: string): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await told(
      api.GET("/v1/accounts/{accountId}/orders", { params: { path: { accountId }, query: cursor ? { cursor } : {} } }),
    );
    page.orders.forEach((order) => numbers.set(order.orderId, order.number));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return numbers;
}

export function Grants({ account, row }: { account: Account; row: Row }) {
  const orders = useLoaded(`order numbers ${account.accountId} ${account.version}`, () => orderNumbers(account.accountId));
  const { data, problem, reload } = useLoaded(`grants ${account.accountId} ${account.version}`, () =>
    told(api.GET("/v1/accounts/{accountId}", { params: { path: { accountId: account.accountId }, query: { include: "grants" } } })),
  );
  if (!data) return problem ? <Trouble problem={problem} retry={() => void reload()} /> : <Loading />;
  const found = data.rows.find((other) => rowId(other) === rowId(row));
  return (
    <>
      <List grants={found?.grants ?? []} orders={orders.data ?? new Map()} />
      <p class="muted after">{`${words.value.server.services}: ${serviceNames(row)}`}</p>
    </>
  );
}

function List({ grants, orders }: { grants: Grant[]; orders: ReadonlyMap<string, string> }) {
  const { grants: heads } = words.value.licences;
  return (
    <table class="list">
      <thead>
        <tr>
          <th scope="col">{heads.code}</th>
          <th scope="col">{heads.product}</th>
          <th scope="col">{heads.order}</th>
          <th scope="col" class="number">
            {heads.capacity}
          </th>
          <th scope="col">{heads.period}</th>
          <th scope="col">{heads.care}</th>
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => (
          <tr key={grant.licenseCode}>
            <td>{grant.licenseCode}</td>
            <td>
              {grant.product} <span class="muted">{grant.sku}</span>
              <Since renewals={grant.renewals} cancelled={grant.cancelled} />
            </td>
            <td>{orders.get(grant.orderId) ?? ""}</td>
            <td class="number">
              {grant.terms.map((term) => (
                <div key={term.start}>{number(term.capacity)}</div>
              ))}
            </td>
            <td>
              {grant.terms.map((term) => (
                <div key={term.start}>
                  {date(term.start)} – {term.term ? date(term.term) : heads.forever}
                </div>
              ))}
            </td>
            <td>
              {grant.care.map((care) => (
                <div key={care.start}>
                  {care.level.toUpperCase()} {date(care.start)} – {date(care.term)}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
