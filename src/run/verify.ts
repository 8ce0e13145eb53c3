/** How long a claim that the engine is still at may take to come true where nothing was done just now. */
export const graceMs = 3000;
