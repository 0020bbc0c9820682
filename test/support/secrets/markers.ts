/**
 * Planted secrets. Each is a text of its own, so that one that is found says where it came from. They are letters
 * only and short: what passes for an ordinary word passes the most filters.
 */
export interface Markers {
  /** The secret planted at this place; another one after each `rotate`. */
  plant(place: string): string;
  /** From now on every place has another secret. */
  rotate(): void;
  /** Where a secret that was found, in any case, had been planted. */
  placeOf(found: string): string;
}

const prefix = "SeKret";
const codeLetters = "bcdfghjklmnpqrtvwxyz";
const codeLength = 5;

/** Finds planted secrets in any case: texts are lowered and raised on their way. */
export const markerPattern = new RegExp(`${prefix}[${codeLetters}]{${codeLength}}`, "gi");

export function createMarkers(): Markers {
  const places: string[] = [];
  const numbers = new Map<string, number>();
  let rotation = 0;
  const textOf = (number: number) => {
    let code = "";
    for (let rest = number, i = 0; i < codeLength; i++, rest = Math.floor(rest / codeLetters.length)) {
      code += codeLetters[rest % codeLetters.length] ?? "";
    }
    return prefix + code;
  };
  return {
    plant(place) {
      const whole = `${place} (rotation ${rotation})`;
      const number = numbers.get(whole) ?? places.push(whole) - 1;
      numbers.set(whole, number);
      return textOf(number);
    },
    rotate() {
      rotation++;
    },
    placeOf(found) {
      const code = found.slice(prefix.length).toLowerCase();
      const number = [...code].reduceRight(
        (sum, letter) => sum * codeLetters.length + codeLetters.indexOf(letter),
        0,
      );
      return places[number] ?? `unknown ${found}`;
    },
  };
}
