import { BadUpdate, readBrings } from './check-update.ts';
import { findCuts, piecesOf, standsOn } from './cut-update.ts';
import type { CutEdit, Slices } from './edit-job.ts';
import { scanUpdate } from './scan-update.ts';

/** Reads a large edit, apart from any document. */
export function cutEdit(update: Uint8Array): CutEdit | { bad: string } {
	const began = performance.now();
	try {
		const brings = readBrings(update);
		return { brings, ...sliceUpdate(update), ms: performance.now() - began };
	} catch (error) {
		if (error instanceof BadUpdate) return { bad: error.message };
		throw error;
	}
}

/** Cuts an update into small ones, without judging what it says. Throws `BadUpdate` for what is none. */
export function sliceUpdate(update: Uint8Array): Slices {
	const scanned = scanUpdate(update);
	const pieces = [...piecesOf(update, findCuts(scanned))];
	return { needs: standsOn(scanned), pieces };
}
