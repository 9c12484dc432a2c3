import Tracing

/// What is known of a span.
struct SpanRecord: Sendable {
    var name: String
    let kind: SpanKind
    let place: TraceContext
    let parentSpanID: String?
    /// Nanoseconds since 1970, as all instants here.
    let start: UInt64
    var end: UInt64?
    var attributes: SpanAttributes = [:]
    var events: [SpanEvent] = []
    var links: [(trace: TraceContext, attributes: SpanAttributes)] = []
    var status: SpanStatus?

    init(name: String, kind: SpanKind, place: TraceContext, parentSpanID: String?, start: UInt64) {
        self.name = name
        self.kind = kind
        self.place = place
        self.parentSpanID = parentSpanID
        self.start = start
    }

    /// In the JSON encoding of OTLP: 64-bit integers are strings, enumerations numbers.
    var json: JSON {
        [
            "traceId": .string(place.traceID), "spanId": .string(place.spanID),
            "parentSpanId": .string(parentSpanID ?? ""),
            "flags": place.isSampled ? 1 : 0, "name": .string(name), "kind": .integer(kind.number),
            "startTimeUnixNano": .string(String(start)), "endTimeUnixNano": .string(String(max(end ?? start, start))),
            "attributes": attributes.json, "events": .array(events.map(\.json)),
            "links": .array(
                links.map { link in
                    [
                        "traceId": .string(link.trace.traceID), "spanId": .string(link.trace.spanID),
                        "attributes": link.attributes.json,
                    ]
                }),
            "status": status?.json ?? [:],
        ]
    }
}

extension SpanKind {
    fileprivate var number: Int {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension SpanStatus {
    fileprivate var json: JSON {
        ["code": .integer(code == .ok ? 1 : 2), "message": .string(message ?? "")]
    }
}

extension SpanEvent {
    fileprivate var json: JSON {
        [
            "name": .string(name), "timeUnixNano": .string(String(nanosecondsSinceEpoch)),
            "attributes": attributes.json,
        ]
    }
}

extension SpanAttributes {
    /// A list of keys and values, in the order of the keys.
    var json: JSON {
        var members: [(key: String, value: JSON)] = []
        forEach { key, value in members.append((key, value.json)) }
        return .array(members.sorted { $0.key < $1.key }.map { ["key": .string($0.key), "value": $0.value] })
    }
}

extension SpanAttribute {
    fileprivate var json: JSON {
        switch self {
        case .int32(let value): Self.json(value)
        case .int64(let value): Self.json(value)
        case .double(let value): Self.json(value)
        case .bool(let value): Self.json(value)
        case .string(let value): Self.json(value)
        case .stringConvertible(let value): Self.json(value.description)
        case .int32Array(let values): Self.list(values.map(Self.json))
        case .int64Array(let values): Self.list(values.map(Self.json))
        case .doubleArray(let values): Self.list(values.map(Self.json))
        case .boolArray(let values): Self.list(values.map(Self.json))
        case .stringArray(let values): Self.list(values.map(Self.json))
        case .stringConvertibleArray(let values): Self.list(values.map { Self.json($0.description) })
        default: Self.json("")
        }
    }

    private static func json(_ value: some BinaryInteger) -> JSON { ["intValue": .string(String(value))] }
    private static func json(_ value: Double) -> JSON { ["doubleValue": .number(value)] }
    private static func json(_ value: Bool) -> JSON { ["boolValue": .bool(value)] }
    private static func json(_ value: String) -> JSON { ["stringValue": .string(value)] }
    private static func list(_ values: [JSON]) -> JSON { ["arrayValue": ["values": .array(values)]] }
}
