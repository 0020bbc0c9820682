import { expect, test } from "vitest";
import {
  accountNumber,
  clientNumber,
  collectionNumber,
  typeNumber,
  typeNumbers,
} from "../../../src/domain/card.js";
import { eventTypes } from "../../../src/domain/catalog.js";

test("every type of the catalogue has a number of its own, so that a list of one reads no other", () => {
  const numbers = eventTypes.map(({ type }) => typeNumber(type));
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("numbers stay what they are: they are stored", () => {
  expect(typeNumber("favorite.added")).toBe(5_096);
  expect(accountNumber("acc_0123456789abcdef")).toBe(342_375_151);
  expect(collectionNumber("90516387")).toBe(2_269_562_597);
  expect(clientNumber("Jane@Example.com")).toBe(64_432);
  expect(clientNumber("jane@example.com")).toBe(64_432);
});

test("patterns stand for the types that they cover, and one for everything for any", () => {
  const favorites = eventTypes.filter(({ type }) => type.startsWith("favorite."));
  expect(typeNumbers(["favorite.*"])).toEqual(
    new Set(["favorite.*", ...favorites.map(({ type }) => type)].map(typeNumber)),
  );
  expect(typeNumbers([])).toBeNull();
  expect(typeNumbers(["favorite.*", "*"])).toBeNull();
});
