// What staff does with a mail that was given up.

import { api, told, type Person } from "../api";
import { put, words } from "../words";
import { personFull } from "./told";
import { Waiting } from "./waiting";

interface Props {
  mailId: string;
  reader: Person;
  onDone: (sentence: string) => Promise<void>;
}

export function MailActions({ mailId, reader, onDone }: Props) {
  const { staff } = words.value;
  const who = { person: personFull(reader) };
  const path = { mailId };
  return (
    <Waiting
      again={{
        label: staff.retry,
        of: put(staff.retryMail, who),
        write: async (header) => told(api.POST("/v1/mails/{mailId}/retry", { params: { path, header } })),
        done: put(staff.retried, who),
      }}
      dismiss={{
        of: put(staff.dismissMail, who),
        title: staff.dismissTitle,
        text: put(staff.dismissText, who),
        write: async (header) => told(api.DELETE("/v1/mails/{mailId}", { params: { path, header } })),
        done: put(staff.dismissed, who),
      }}
      onDone={onDone}
    />
  );
}
