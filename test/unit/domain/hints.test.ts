import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeHint, liftOf, noTrust, recallOf, type Trust, worthOf } from "../../../src/domain/hints.js";

/** Numbers in [0, 1) that are the same in each run: the fractional parts of multiples of the golden ratio. */
function evenly(): () => number {
  let [count, golden] = [0, (Math.sqrt(5) - 1) / 2];
  return () => (++count * golden) % 1;
}

/** Polls that each find a change, of which the hint told a share. */
function found(before: Trust, changes: number, recall: number): Trust {
  const random = evenly();
  let trust = before;
  for (let change = 0; change < changes; change++)
    trust = judgeHint(trust, { hinted: random() < recall, changed: true, covered: 1 });
  return trust;
}

/** Polls of hinted sources, of which a share finds something, and a share would have without the hint. */
function followed(before: Trust, polls: number, share: { found: number; expected: number }): Trust {
  const random = evenly();
  const expected = -Math.log(1 - share.expected);
  let trust = before;
  for (let poll = 0; poll < polls; poll++)
    trust = judgeHint(trust, { hinted: true, changed: random() < share.found, covered: 1, expected });
  return trust;
}

describe("how far a hint is trusted", () => {
  test("is not at all before it was ever read", () => {
    expect(recallOf(noTrust)).toBe(0);
    let trust = noTrust;
    for (let poll = 0; poll < 100; poll++)
      trust = judgeHint(trust, { hinted: false, changed: poll % 2 === 0, covered: 0 });
    expect(recallOf(trust)).toBe(0);
    expect(trust).toEqual(noTrust);
  });

  test("comes to the share of changes that it tells of", () => {
    for (const recall of [0, 0.3, 0.6, 0.8, 0.95])
      expect(Math.abs(recallOf(found(noTrust, 400, recall)) - recall)).toBeLessThan(0.1);
  });

  test("comes to it also where it can only have known of a part of the time", () => {
    // A change in the time before the hint was read proves nothing: it counts by the share that was covered.
    const [random, when] = [evenly(), evenly()];
    let trust = noTrust;
    for (let poll = 0; poll < 2_000; poll++) {
      const couldKnow = when() < 0.5;
      trust = judgeHint(trust, { hinted: couldKnow && random() < 0.8, changed: true, covered: 0.5 });
    }
    // Sources that it told of are polled sooner, so that this is a guess, and it errs to the side of caution.
    expect(recallOf(trust)).toBeGreaterThan(0.5);
    expect(recallOf(trust)).toBeLessThan(0.85);
  });

  test("is lost within a hundred changes after the hint went stale", () => {
    const trusted = found(noTrust, 400, 0.95);
    expect(recallOf(trusted)).toBeGreaterThan(0.8);
    expect(recallOf(found(trusted, 100, 0))).toBeLessThan(0.2);
  });

  test("grows again when the hint is good again", () => {
    expect(recallOf(found(found(noTrust, 200, 0), 100, 0.9))).toBeGreaterThan(0.7);
  });

  test("is worth its recall where little would have been found without it", () => {
    const trust = followed(noTrust, 200, { found: 0.9, expected: 0.01 });
    expect(worthOf(trust)).toBeGreaterThan(0.99 * recallOf(trust));
    expect(liftOf(trust)).toBeGreaterThan(500);
  });

  test("is worth nothing where it comes for everything, and lifts nothing", () => {
    for (const share of [0, 0.001, 0.01, 0.1]) {
      const trust = followed(noTrust, 400, { found: share, expected: share });
      expect(worthOf(trust)).toBe(0);
      expect(liftOf(trust)).toBeLessThan(4);
    }
  });

  test("is lost within some hundred polls when a good hint begins to come for everything", () => {
    const good = followed(found(noTrust, 400, 0.95), 200, { found: 0.95, expected: 0.005 });
    expect(worthOf(good)).toBeGreaterThan(0.8);
    const later = (polls: number) => followed(good, polls, { found: 0.005, expected: 0.005 });
    expect(liftOf(later(150))).toBeLessThan(liftOf(good) / 100);
    expect(worthOf(later(400))).toBe(0);
  });

  test("begins with a hint that is followed, and not yet relied on", () => {
    expect(liftOf(noTrust)).toBeCloseTo(100);
    expect(worthOf(noTrust)).toBe(0);
  });

  test("lies between nothing and nearly all, whatever happened", () => {
    const proof = fc.record({
      hinted: fc.boolean(),
      changed: fc.boolean(),
      covered: fc.double({ min: -2, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(proof, { maxLength: 300 }), (proofs) => {
        const trust = proofs.reduce(judgeHint, noTrust);
        expect(recallOf(trust)).toBeGreaterThanOrEqual(0);
        expect(recallOf(trust)).toBeLessThanOrEqual(0.95);
        expect(liftOf(trust)).toBeGreaterThanOrEqual(0);
        expect(liftOf(trust)).toBeLessThan(Infinity);
        expect(worthOf(trust)).toBeGreaterThanOrEqual(0);
        expect(worthOf(trust)).toBeLessThanOrEqual(recallOf(trust));
      }),
    );
  });
});
