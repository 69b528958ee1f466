// The orders of a customer.

import { useState } from "preact/hooks";

import { api, told, type Account, type Me, type Order, type Problem } from "../api";
import { date, moment, number } from "../format";
import { useLoaded } from "../loading";
import { Link, Loading, Scroll, Trouble } from "../parts/basics";
import { mailLook, mailState } from "../staff/told";
import { put, words } from "../words";

interface Pages {
  orders: Order[];
  next: string | undefined;
}

async function load(accountId: string, cursor?: string): Promise<Pages> {
  const page = await told(
    api.GET("/v1/accounts/{accountId}/orders", { params: { path: { accountId }, query: cursor ? { cursor } : {} } }),
  );
  return { orders: page.orders, next: page.nextCursor ?? undefined };
}

export function Orders({ account, me }: { account: Account; me: Me }) {
  const first = useLoaded(`orders ${account.accountId} ${account.version}`, () => load(account.accountId));
  const [more, setMore] = useState<Pages | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  if (!first.data) return first.problem ? <Trouble problem={first.problem} retry={() => void first.reload()} /> : <Loading />;
  const orders = [...first.data.orders, ...(more?.orders ?? [])];
  const next = more ? more.next : first.data.next;
  const showMore = async () => {
    try {
      const page = await load(account.accountId, next);
      setMore({ orders: [...(more?.orders ?? []), ...page.orders], next: page.next });
      setProblem(undefined);
    } catch (cause) {
      setProblem(cause as Problem);
    }
  };
  if (!orders.length) return <p class="card empty">{words.value.orders.empty}</p>;
  return (
    <>
      {orders.map((order) => (
        <One key={order.orderId} order={order} staff={me.staff} />
      ))}
      <Trouble problem={problem} />
      {next && (
        <button type="button" class="button" onClick={() => void showMore()}>
          {words.value.customers.more}
        </button>
      )}
    </>
  );
}

function One({ order, staff }: { order: Order; staff: boolean }) {
  const { orders, staff: texts } = words.value;
  const name = put(texts.order, { number: order.number });
  return (
    <section class="card" aria-label={name}>
      <div class="title">
        <h2>{staff ? <Link to={{ screen: "order", order: order.orderId }}>{name}</Link> : name}</h2>
        <span class={`status ${order.status === "unlocked" ? "good" : "wrong"}`}>{texts.statuses[order.status]}</span>
        <span class="muted">{order.purchaseOrder}</span>
      </div>
      <p class="muted">
        {put(orders.received, { at: moment(order.receivedAt) })}
        {order.unlockedAt && ` · ${put(orders.unlocked, { at: moment(order.unlockedAt) })}`}
        {order.revision > 1 && ` · ${put(orders.revision, { revision: order.revision })}`} · {order.reseller.name}
        {order.reseller.orderNumber && ` (${order.reseller.orderNumber})`} ·{" "}
        <span class={`status ${mailLook(order.mail.state)}`}>
          {orders.mail}: {mailState(order.mail)}
        </span>
      </p>
      <Lines order={order} />
    </section>
  );
}

function Lines({ order }: { order: Order }) {
  const { orders, licences, staff } = words.value;
  return (
    <Scroll label={words.value.staff.lines}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{licences.grants.product}</th>
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
            <tr key={line.licenseCode}>
              <td>
                {line.product} <span class="muted">{line.sku}</span>
              </td>
              <td class="number">{number(line.quantity)}</td>
              <td>{line.licenseCode}</td>
              <td>
                {date(line.start)} – {line.term ? date(line.term) : licences.grants.forever}
              </td>
              <td>
                <span class={`status ${line.status === "unlocked" ? "good" : ""}`}>{staff.lineStatuses[line.status]}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
