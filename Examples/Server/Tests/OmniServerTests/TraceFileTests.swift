import Foundation
import Logging
import Testing
import Tracing

@testable import OmniServer

/// Spans as lines of OpenTelemetry's JSON, read back.
@Suite struct TraceFileTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString).jsonl").path

    private func tracer() throws -> TraceFile {
        try TraceFile(appendingTo: path, service: "omni-test", logger: Logger(label: "test"))
    }

    /// The spans that were written, in their order.
    private func spans() throws -> [JSON] {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n"))
        return try lines.map { line in
            let resource = try #require(try JSON(parsing: line)["resourceSpans"]?.array?.first)
            let service: JSON = [["key": "service.name", "value": ["stringValue": "omni-test"]]]
            #expect(resource["resource"]?["attributes"] == service)
            return try #require(resource["scopeSpans"]?.array?.first?["spans"]?.array?.first)
        }
    }

    private func instant(_ nanoseconds: UInt64) -> DefaultTracerClock.Timestamp {
        .init(nanosecondsSinceEpoch: nanoseconds)
    }

    @Test func aSpanBelowAnother() throws {
        let tracer = try tracer()
        let outer = tracer.startSpan("outer", context: .topLevel, ofKind: .server, at: instant(100))
        let inner = tracer.startSpan("inner", context: outer.context, at: instant(1 << 62))
        inner.attributes = [
            "count": .int64(1 << 60), "half": .double(0.5), "is": .bool(true), "names": .stringArray(["a"]),
        ]
        inner.addEvent(SpanEvent(name: "first audio", at: instant(7)))
        inner.addLink(SpanLink(context: outer.context, attributes: [:]))
        inner.end(at: instant(1 << 62 + 5))
        outer.setStatus(SpanStatus(code: .error, message: "why"))
        outer.end(at: instant(200))
        let spans = try spans()
        try #require(spans.map { $0["name"]?.string } == ["inner", "outer"])
        #expect(spans[0]["traceId"] == spans[1]["traceId"] && spans[0]["traceId"]?.string?.count == 32)
        #expect(spans[0]["parentSpanId"] == spans[1]["spanId"] && spans[1]["parentSpanId"] == "")
        #expect(spans[0]["spanId"] != spans[1]["spanId"] && spans[0]["spanId"]?.string?.count == 16)
        #expect(spans[0]["kind"] == 1 && spans[1]["kind"] == 2)
        #expect(spans[0]["startTimeUnixNano"] == "4611686018427387904")
        #expect(spans[0]["endTimeUnixNano"] == "4611686018427387909")
        let attributes: JSON = [
            ["key": "count", "value": ["intValue": "1152921504606846976"]],
            ["key": "half", "value": ["doubleValue": 0.5]], ["key": "is", "value": ["boolValue": true]],
            ["key": "names", "value": ["arrayValue": ["values": [["stringValue": "a"]]]]],
        ]
        #expect(spans[0]["attributes"] == attributes)
        #expect(spans[0]["events"] == [["name": "first audio", "timeUnixNano": "7", "attributes": []]])
        #expect(spans[0]["links"]?.array?.first?["spanId"] == spans[1]["spanId"])
        #expect(spans[1]["status"] == ["code": 2, "message": "why"])
    }

    /// Nothing is said of a span after its end, and the end is said once.
    @Test func anEndIsAnEnd() throws {
        let span = try tracer().startSpan("once", context: .topLevel)
        #expect(span.isRecording)
        span.recordError(ConfigurationError("wrong"))
        span.end()
        span.operationName = "twice"
        span.end()
        let spans = try spans()
        #expect(!span.isRecording && spans.map { $0["name"]?.string } == ["once"])
        let event = try #require(spans.first?["events"]?.array?.first)
        let attributes: JSON = [
            ["key": "exception.message", "value": ["stringValue": "wrong"]],
            ["key": "exception.type", "value": ["stringValue": "ConfigurationError"]],
        ]
        #expect(event["name"] == "exception" && event["attributes"] == attributes)
    }

    /// A file that is there already is continued.
    @Test func aFileIsContinued() throws {
        for name in ["first", "second"] { try tracer().startSpan(name, context: .topLevel).end() }
        #expect(try spans().map { $0["name"]?.string } == ["first", "second"])
    }

    @Test func whereNothingCanBeWritten() {
        #expect(throws: ConfigurationError("/nowhere/at/all cannot be written: No such file or directory")) {
            try TraceFile(appendingTo: "/nowhere/at/all", service: "omni", logger: Logger(label: "test"))
        }
    }

    /// A trace that another process has begun goes on here, unless it is not to be recorded.
    @Test func traceparents() throws {
        let tracer = try tracer()
        let (trace, span) = (String(repeating: "0a", count: 16), String(repeating: "b1", count: 8))
        for flags in ["00", "01"] {
            var context = InstrumentationContext.topLevel
            tracer.extract(["traceparent": "00-\(trace)-\(span)-\(flags)"], into: &context, using: Fields())
            let child = tracer.startSpan("child", context: context)
            var carrier: [String: String] = [:]
            tracer.inject(child.context, into: &carrier, using: Fields())
            #expect(carrier["traceparent"]?.hasPrefix("00-\(trace)-") == true)
            #expect(
                carrier["traceparent"]?.hasSuffix("-\(flags)") == true
                    && carrier["traceparent"]?.contains(span) == false)
            child.end()
        }
        let spans = try spans()
        #expect(spans.map { $0["traceId"] } == [.string(trace)] && spans.map { $0["parentSpanId"] } == [.string(span)])
    }

    @Test(arguments: [
        "", "00", "00--b-01", "00-\(String(repeating: "0", count: 32))-\(String(repeating: "b", count: 16))-01",
        "00-\(String(repeating: "a", count: 32))-\(String(repeating: "0", count: 16))-01",
        "ff-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-01",
        "00-\(String(repeating: "A", count: 32))-\(String(repeating: "b", count: 16))-01",
        "00-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-1",
        "00-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-01-more",
        "00-\(String(repeating: "a", count: 31))-\(String(repeating: "b", count: 16))-01",
        "00-\(String(repeating: "é", count: 16))-\(String(repeating: "b", count: 16))-01",
    ])
    func noTraceparents(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test func aLaterVersionMayHaveMore() {
        let text = "01-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-01-more"
        #expect(TraceContext(traceparent: text)?.isSampled == true)
    }

    private struct Fields: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }
}
