/** `lab collect` keeps its state in this folder, among the submissions that it writes. */
export const collectedFolder = '.labwright-collect';
/** Lists what `lab collect` wrote. */
export const collectedFile = 'collected.csv';
