import NIOHTTP1

/// How a client wants its conversation, by the request that opens it.
struct RealtimeStart: Hashable, Sendable {
    let version: RealtimeVersion
    /// `?intent=transcription` asks for a session that only writes down.
    let kind: SessionSettings.Kind

    init(_ head: HTTPRequestHead) {
        version = RealtimeVersion(head)
        let query = head.uri.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        kind = query.split(separator: "&").contains("intent=transcription") ? .transcription : .realtime
    }
}
