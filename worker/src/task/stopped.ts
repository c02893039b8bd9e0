/** Why a run was stopped from outside. */
export class Stopped extends Error {
	readonly reason: 'cancelled' | 'claim-lost' | 'closing';
	constructor(reason: 'cancelled' | 'claim-lost' | 'closing') {
		super(`The task was stopped: ${reason}`);
		this.name = 'Stopped';
		this.reason = reason;
	}
}
