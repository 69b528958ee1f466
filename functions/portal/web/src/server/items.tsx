// What a server has, and what of it runs.

import type { Item, Server } from "../api";
import { number } from "../format";
import { plainName, serviceNames } from "../matrix/name";
import { put, words } from "../words";
import { waitsText } from "./expected";
import { reached } from "./reached";
import type { Details } from "./details";

const LOOKS: Record<Item["status"], string> = { active: "good", inGrace: "wrong", upcoming: "", ended: "wrong" };

export function Items({ server, details, now }: { server: Server; details: Details | undefined; now: Date }) {
  const { server: texts } = words.value;
  const name = put(texts.has, { server: server.name });
  const waits = waitsText(server, details, now, reached());
  return (
    <>
      {waits && <p class="notice plain">{waits}</p>}
      {server.items.length ? (
        <div class="scroll" tabIndex={0} role="group" aria-label={name}>
          <table class="list stack">
            <caption class="hidden">{name}</caption>
            <thead>
              <tr>
                <th scope="col">{texts.item}</th>
                <th scope="col" class="number">
                  {texts.used}
                </th>
                <th scope="col">{texts.licenseType}</th>
                <th scope="col">{texts.itemStatus}</th>
                <th scope="col">{texts.services}</th>
              </tr>
            </thead>
            <tbody>
              {server.items.map((item) => (
                <Row key={`${item.application} ${item.redundancy} ${item.licenseType}`} item={item} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty">{texts.nothing}</p>
      )}
    </>
  );
}

function Row({ item }: { item: Item }) {
  const { server: texts, licences } = words.value;
  return (
    <tr>
      <td>
        {plainName(item)} <span class="muted">{licences.units[item.unit]}</span>
      </td>
      <td class="number" data-label={texts.used}>
        <span>
          {number(item.used)}
          {item.running !== item.used && <span class="more muted">{put(texts.running, { count: number(item.running) })}</span>}
        </span>
      </td>
      <td data-label={texts.licenseType}>{licences[item.licenseType]}</td>
      <td data-label={texts.itemStatus}>
        <span class={`status ${LOOKS[item.status]}`}>{texts.itemStatuses[item.status]}</span>
      </td>
      <td data-label={texts.services}>{serviceNames(item)}</td>
    </tr>
  );
}
