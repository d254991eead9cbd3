/**
 * Stands in for `@smithy/core/event-streams` in the bundles: the SDK imports it when an operation answers with a stream of events,
 * and neither DynamoDB nor the parameter store has one.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error("no operation of ours streams events");
  }
}

export const eventStreamSerdeProvider = (): never => {
  throw new Error("no operation of ours streams events");
};
