// An order as vendor staff sees it.

import { useState } from "preact/hooks";

import { api, told, type Me, type StaffOrder } from "../api";
import { useLoaded } from "../loading";
import { Link, Loading, Trouble } from "../parts/basics";
import { Actions } from "../staff/actions";
import { Changes } from "../staff/changes";
import { Head } from "../staff/head";
import { Lines } from "../staff/lines";
import { actsAsStaff, orderLook } from "../staff/told";
import { Entries, Forwards, Mails } from "../staff/trail";
import { put, words } from "../words";

/** How often it is loaded again: a mail that is sent, or an unlock, appears by itself. */
const EVERY_MS = 5_000;

export function StaffOrderScreen({ order: id, me }: { order: string; me: Me }) {
  const loaded = useLoaded(
    `order ${id}`,
    () => told(api.GET("/v1/orders/{orderId}", { params: { path: { orderId: id } } })),
    EVERY_MS,
  );
  const { data, problem, reload } = loaded;
  return (
    <>
      <p class="crumb">
        <Link to={{ screen: "customers" }}>{words.value.frame.customers}</Link>
      </p>
      <Trouble problem={problem} retry={problem?.isPassing ? () => void reload() : undefined} />
      {data ? <Whole shown={data} reload={reload} mayAct={actsAsStaff(me)} /> : !problem && <Loading />}
    </>
  );
}

function Whole({ shown, reload, mayAct }: { shown: StaffOrder; reload: () => Promise<unknown>; mayAct: boolean }) {
  const { staff } = words.value;
  const [done, setDone] = useState("");
  const { order } = shown;
  const onDone = async (sentence: string) => {
    setDone(sentence);
    await reload();
  };
  return (
    <>
      <div class="title">
        <h1>{put(staff.order, { number: order.number })}</h1>
        <span class={`status ${orderLook(order.status)}`}>{staff.statuses[order.status]}</span>
      </div>
      <p class={done ? "said notice good" : "said"} role="status">
        {done}
      </p>
      {mayAct ? <Actions shown={shown} onDone={onDone} reload={reload} /> : <p class="muted">{words.value.frame.reader}</p>}
      <Head shown={shown} />
      {order.kind === "purchase" ? (
        <Lines lines={order.lines} />
      ) : (
        <section class="card">
          <Changes changes={order.changes ?? []} />
        </section>
      )}
      <Mails shown={shown} onDone={onDone} />
      {order.kind === "purchase" && <Forwards forwards={shown.forwards} />}
      <Entries entries={shown.audit} />
    </>
  );
}
