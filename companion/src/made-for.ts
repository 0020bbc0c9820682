/** Origins beside Pixieset's that this build may read: none, unless `npm run companion -- --for` named some. */
export const madeFor: readonly string[] = [];
