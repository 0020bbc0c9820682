/** Attempts that a process has under way at once, so that no number of receivers that hang uses up its sockets. */
export interface Places {
  /** A mailbox begins to send; to be called when it is done. */
  enter(): () => void;
  /** How many attempts each mailbox that is at work may have under way: the same for all, and at least one. */
  share(): number;
}

export function createPlaces(most = 2_000): Places {
  let mailboxes = 0;
  return {
    enter() {
      mailboxes++;
      let left = false;
      return () => {
        if (!left) mailboxes--;
        left = true;
      };
    },
    share: () => Math.max(1, Math.floor(most / Math.max(1, mailboxes))),
  };
}
