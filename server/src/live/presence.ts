import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const maxStateChars = 16_000;
const maxClients = 1_000;

export type Presence = { clientId: number; clock: number; state: string };

/** Reads an awareness update and puts the sender's account into every state, whatever it claims to be. */
export function readPresence(update: Uint8Array, user: { id: string; name: string }): Presence[] {
	const decoder = decoding.createDecoder(update);
	const count = decoding.readVarUint(decoder);
	if (count > maxClients) throw new Error('Too many clients in one word of presence');
	const words: Presence[] = [];
	for (let index = 0; index < count; index++) {
		const clientId = decoding.readVarUint(decoder);
		const clock = decoding.readVarUint(decoder);
		const state = decoding.readVarString(decoder);
		if (state.length > maxStateChars) throw new Error('A word of presence is too long');
		words.push({ clientId, clock, state: signed(JSON.parse(state), user) });
	}
	return words;
}

function signed(state: unknown, user: { id: string; name: string }): string {
	if (typeof state !== 'object' || state === null || Array.isArray(state)) return 'null';
	const claimed = 'user' in state && typeof state.user === 'object' ? state.user : {};
	return JSON.stringify({ ...state, user: { ...claimed, ...user } });
}

/** One client's presence as an awareness update. */
export function encodePresence(clientId: number, clock: number, state: string): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, 1);
	encoding.writeVarUint(encoder, clientId);
	encoding.writeVarUint(encoder, clock);
	encoding.writeVarString(encoder, state);
	return encoding.toUint8Array(encoder);
}
