// The orders of a customer.

import { api, told, type Account, type Me, type Order } from "../api";
import { date, moment, number } from "../format";
import { usePaged, type Page } from "../paged";
import { Link, Loading, Trouble } from "../parts/basics";
import { Changes, Since } from "../staff/changes";
import { mailLook, mailState } from "../staff/told";
import { put, words } from "../words";

const EVERY_MS = 15_000;

async function load(accountId: string, cursor?: string): Promise<Page<Order>> {
  const page = await told(
    api.GET("/v1/accounts/{accountId}/orders", { params: { path: { accountId }, query: cursor ? { cursor } : {} } }),
  );
  return { items: page.orders, next: page.nextCursor ?? undefined };
}

export function Orders({ account: { accountId }, me }: { account: Account; me: Me }) {
  const { page, problem, reload, more } = usePaged(`orders ${accountId}`, (cursor) => load(accountId, cursor), (order) => order.orderId, EVERY_MS);
  const { orders, customers } = words.value;
  if (!page) return problem ? <Trouble problem={problem} retry={() => void reload()} /> : <Loading />;
  return (
    <>
      <Trouble problem={problem} />
      {page.items.length === 0 && <p class="card empty">{orders.empty}</p>}
      {page.items.map((order) => (
        <One key={order.orderId} order={order} isStaff={me.staff} />
      ))}
      <Trouble problem={more.problem} />
      {page.next && (
        <button type="button" class="button" aria-disabled={more.busy} onClick={() => void more.load()}>
          {customers.more}
        </button>
      )}
    </>
  );
}

function One({ order, isStaff }: { order: Order; isStaff: boolean }) {
  const { staff } = words.value;
  const name = put(staff.order, { number: order.number });
  const id = `order-${order.orderId}`;
  return (
    <section class="card" aria-labelledby={id}>
      <div class="title">
        <h2 id={id}>{isStaff ? <Link to={{ screen: "order", order: order.orderId }}>{name}</Link> : name}</h2>
        <span class={`status ${order.status === "unlocked" || order.status === "applied" ? "good" : "wrong"}`}>{staff.statuses[order.status]}</span>
      </div>
      <Facts order={order} />
      {order.kind === "purchase" ? <Lines order={order} labelledBy={id} /> : <Changes changes={order.changes ?? []} />}
    </section>
  );
}

function Facts({ order }: { order: Order }) {
  const { orders, staff } = words.value;
  const { reseller, mail } = order;
  const facts: [name: string, value: string][] = [
    [staff.purchaseOrder, order.purchaseOrder],
    [staff.kind, staff.kinds[order.kind]],
    [staff.revision, number(order.revision)],
    [staff.received, moment(order.receivedAt)],
    ...(order.unlockedAt ? [[order.kind === "purchase" ? staff.unlocked : staff.applied, moment(order.unlockedAt)] as [string, string]] : []),
    [staff.reseller, reseller.orderNumber ? `${reseller.name} (${reseller.orderNumber})` : reseller.name],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {order.kind === "purchase" && order.status !== "cancelled" && (
        <div>
          <dt>{orders.mail}</dt>
          <dd>
            <span class={`status ${mailLook(mail.state)}`}>{mailState(mail)}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Lines({ order, labelledBy }: { order: Order; labelledBy: string }) {
  const { orders, licences, staff } = words.value;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-labelledby={labelledBy}>
      <table class="list stack">
        <thead>
          <tr>
            <th scope="col">{licences.grants.product}</th>
            <th scope="col">{orders.sku}</th>
            <th scope="col" class="number">
              {staff.quantity}
            </th>
            <th scope="col">{licences.grants.code}</th>
            <th scope="col">{licences.grants.period}</th>
            <th scope="col">{orders.status}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <Line key={line.licenseCode} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LOOKS: Record<Order["lines"][number]["status"], string> = {
  locked: "",
  unlocked: "good",
  ended: "wrong",
  cancelled: "wrong",
};

function Line({ line }: { line: Order["lines"][number] }) {
  const { orders, licences, staff } = words.value;
  return (
    <tr>
      <td>
        {line.product}
        <Since renewals={line.renewals} cancelled={line.cancelled} />
      </td>
      <td data-label={orders.sku}>{line.sku}</td>
      <td class="number" data-label={staff.quantity}>
        {number(line.quantity)}
      </td>
      <td data-label={licences.grants.code}>{line.licenseCode}</td>
      <td data-label={licences.grants.period}>
        <span>
          {date(line.start)} – {line.term ? date(line.term) : licences.grants.forever}
        </span>
      </td>
      <td data-label={orders.status}>
        <span class={`status ${LOOKS[line.status]}`}>{staff.lineStatuses[line.status]}</span>
      </td>
    </tr>
  );
}
