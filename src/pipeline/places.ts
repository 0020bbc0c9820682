/** Attempts that a process has under way at once. */
export interface Places {
  /** A mailbox begins to send; to be called when it is done. */
  enter(): () => void;
  /** How many attempts each mailbox that is at work may have under way: the same for all, and at least one. */
  share(): number;
  /** Waits for the turn of so many more attempts; to be called for each of them when it is done. */
  begin(count: number): Promise<() => void>;
}

/** In all, so that no number of receivers that hang uses up the sockets of a process. */
const mostInAll = 2_000;
/**
 * Of those that have just begun. Receivers that answer at once need few at a time: more than these only wait for each
 * other, and for the processor. One that takes longer leaves its place to the next, and slow ones hold up nobody.
 */
const mostYoung = 160;
const youngMs = 20;

export function createPlaces(): Places {
  let mailboxes = 0;
  let young = 0;
  const waiting: { readonly count: number; readonly go: () => void }[] = [];

  const fits = (count: number) => young === 0 || young + count <= mostYoung;
  const give = (count: number) => {
    young -= count;
    for (let next = waiting[0]; next && fits(next.count); next = waiting[0]) {
      waiting.shift();
      young += next.count;
      next.go();
    }
  };

  return {
    enter() {
      mailboxes++;
      let left = false;
      return () => {
        if (!left) mailboxes--;
        left = true;
      };
    },
    share: () => Math.max(1, Math.floor(mostInAll / Math.max(1, mailboxes))),
    async begin(count) {
      if (waiting.length === 0 && fits(count)) young += count;
      else await new Promise<void>((go) => waiting.push({ count, go }));
      let held = count;
      const timer = setTimeout(() => {
        give(held);
        held = 0;
      }, youngMs);
      return () => {
        if (held === 0) return;
        held--;
        if (held === 0) clearTimeout(timer);
        give(1);
      };
    },
  };
}
