import Synchronization
public import Tracing

/// A span of a ``TraceFile``. What is said of it after its end is not heard.
public final class TraceSpan: Tracing.Span {
    public let context: InstrumentationContext
    private let record: Mutex<SpanRecord>
    private let write: @Sendable (SpanRecord) -> Void

    init(_ record: SpanRecord, context: InstrumentationContext, write: @escaping @Sendable (SpanRecord) -> Void) {
        self.record = Mutex(record)
        self.context = context
        self.write = write
    }

    public var operationName: String {
        get { record.withLock { $0.name } }
        set { change { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { record.withLock { $0.attributes } }
        set { change { $0.attributes = newValue } }
    }

    public var isRecording: Bool { record.withLock { $0.place.isSampled && $0.end == nil } }

    public func setStatus(_ status: SpanStatus) { change { $0.status = status } }

    public func addEvent(_ event: SpanEvent) { change { $0.events.append(event) } }

    public func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        change { $0.links.append((trace, link.attributes)) }
    }

    /// Adds an event as OpenTelemetry's conventions want errors told.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes["exception.type"] = String(describing: type(of: error))
        attributes["exception.message"] = String(describing: error)
        let event = SpanEvent(name: "exception", at: instant(), attributes: attributes)
        change { $0.events.append(event) }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let end = instant().nanosecondsSinceEpoch
        let ended = record.withLock { record -> SpanRecord? in
            guard record.end == nil else { return nil }
            record.end = end
            return record.place.isSampled ? record : nil
        }
        if let ended { write(ended) }
    }

    private func change(_ body: (inout SpanRecord) -> Void) {
        record.withLock { record in
            if record.end == nil { body(&record) }
        }
    }
}
