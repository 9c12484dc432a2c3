import Foundation
public import Logging
import Synchronization
public import Tracing

/// A backend of swift-distributed-tracing that writes each span to a file when it ends: a line of OpenTelemetry's JSON,
/// as its file exporters write it and its collector reads it (`otlpjsonfile`).
///
/// Traces that a client has begun, with a `traceparent`, are gone on with.
public final class TraceFile: Tracer {
    private let service: String
    private let logger: Logger
    /// `nil` when it can no longer be written.
    private let file: Mutex<FileHandle?>

    /// - Parameters:
    ///   - path: where to write; what is there stays.
    ///   - service: whose spans these are.
    ///   - logger: is told when the file can no longer be written.
    /// - Throws: ``ConfigurationError`` when it cannot be written at all.
    public init(appendingTo path: String, service: String, logger: Logger) throws(ConfigurationError) {
        self.service = service
        self.logger = logger
        // Each span is one write to the end of the file, also where another process writes to it; a device or a pipe is
        // written to as it is.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ConfigurationError("\(path) cannot be written: \(unsafe String(cString: strerror(errno)))")
        }
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TraceSpan {
        var context = context()
        let parent = context.trace
        let place = TraceContext(below: parent)
        context.trace = place
        let record = SpanRecord(
            name: operationName, kind: kind, place: place, parentSpanID: parent?.spanID,
            start: instant().nanosecondsSinceEpoch)
        return TraceSpan(record, context: context, write: write)
    }

    /// Every span is written when it ends.
    public func forceFlush() {}

    /// Tells the next process where in a trace it works.
    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: TraceContext.fieldName, into: &carrier)
    }

    /// Goes on with a trace that another process has begun. What is no `traceparent` counts as none.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let value = extractor.extract(key: TraceContext.fieldName, from: carrier) else { return }
        context.trace = TraceContext(traceparent: value) ?? context.trace
    }

    private func write(_ span: SpanRecord) {
        let line = Self.line(span, service: service)
        file.withLock { file in
            do { try file?.write(contentsOf: line) } catch {
                // A full disk must not stop a server; nor is a file with holes worth anything.
                file = nil
                logger.error("traces are no longer written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// A message of OpenTelemetry's with one span in it, and the line's end.
    private static func line(_ span: SpanRecord, service: String) -> Data {
        let attributes: SpanAttributes = ["service.name": .string(service)]
        let message: JSON = [
            "resourceSpans": [
                [
                    "resource": ["attributes": attributes.json],
                    "scopeSpans": [["scope": ["name": "omni"], "spans": [span.json]]],
                ]
            ]
        ]
        return message.bytes + Data("\n".utf8)
    }
}
