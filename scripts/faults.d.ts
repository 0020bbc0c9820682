/** The page, with a table of these lines: the last one of each scenario. */
export function faultsIn(page: string, lines: readonly object[]): string;
