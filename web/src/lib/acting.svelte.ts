/** Why this window's account is no longer the one that is signed in in this browser. */
type Displaced = 'other' | 'out' | 'ended';

const channelName = 'reelroom-sign-in';
const openChannel = (): BroadcastChannel | null =>
	typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(channelName);

/** The account that this window works for. Signing in or out in another window ends that; the server refuses what comes after it. */
class Acting {
	/** Null until it is known. */
	accountId: string | null = null;
	displaced = $state<Displaced | null>(null);
	#channel: BroadcastChannel | null = null;

	/** From now on this window works for that account. */
	begin(accountId: string): void {
		this.accountId = accountId;
		if (this.#channel !== null) return;
		this.#channel = openChannel();
		this.#channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
			if (data !== this.accountId) this.displace(data === null ? 'out' : 'other');
		});
	}
	displace(why: Displaced): void {
		// What another window did says more than that the sign-in has ended.
		if (this.displaced === null || this.displaced === 'ended') this.displaced = why;
	}
	/** Tells the other windows of this browser who is signed in now; null for nobody. */
	tell(accountId: string | null): void {
		const channel = openChannel();
		channel?.postMessage(accountId);
		channel?.close();
	}
}

/** Whom this window works for. */
export const acting = new Acting();
