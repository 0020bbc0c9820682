/** The page, with the tables of these results in the place of those that it has. */
export function resultsIn(page: string, results: object): string;
