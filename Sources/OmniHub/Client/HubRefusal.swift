internal import Foundation

/// What was asked for, for the error that a refusal becomes.
struct HubQuestion: Sendable {
    let repository: HubRepository
    let revision: String
    /// The file; `nil` for the list.
    let file: String?
    let hasToken: Bool

    /// The error for a status other than 200 and 206.
    func refusal(_ reply: HubConnection.Reply) -> HubError {
        let head = reply.head
        let message = head["X-Error-Message"].map { String($0.prefix(300)) }
        guard reply.isFromHub else { return .refused(host: reply.host, status: head.status, message: message) }
        switch (head["X-Error-Code"], head.status) {
        case ("RepoNotFound", _): return .noSuchRepository(repository, hasToken: hasToken)
        case ("GatedRepo", _): return .gated(repository, hasToken: hasToken)
        case ("RevisionNotFound", _): return .noSuchRevision(repository, revision: revision)
        case ("EntryNotFound", _):
            return file.map { .noSuchFile(repository, revision: revision, pattern: $0) }
                ?? .refused(host: reply.host, status: head.status, message: message)
        case (_, 401) where hasToken && (message ?? "").contains("Invalid credentials"):
            return .tokenRefused(host: reply.host)
        // The hub does not tell strangers whether a repository is private or does not exist.
        case (nil, 401),
            (nil, 404) where file == nil:
            return .noSuchRepository(repository, hasToken: hasToken)
        default: return .refused(host: reply.host, status: head.status, message: message)
        }
    }
}

extension HubConnection.Reply {
    /// Whether asking again later may help. A store of files refuses addresses that have grown old; new ones come from
    /// the hub.
    var mayPass: Bool {
        [408, 425, 429, 500, 502, 503, 504].contains(head.status) || (!isFromHub && head.status == 403)
    }

    /// How long the server asks to wait, in seconds or until a date by its own clock; at most five minutes.
    var retryDelay: Duration? {
        guard let text = head["Retry-After"] else { return nil }
        if let seconds = Int(text) { return seconds < 0 ? nil : .seconds(min(seconds, 300)) }
        guard let end = HTTPDate.parse(text) else { return nil }
        let now = head["Date"].flatMap(HTTPDate.parse) ?? Date()
        return .seconds(min(max(end.timeIntervalSince(now), 0), 300))
    }
}

/// The dates of HTTP's headers (RFC 9110, section 5.6.7).
enum HTTPDate {
    // The present form and the two obsolete ones, which a client must still accept.
    private static let formats = [
        "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy",
    ]

    /// - Returns: `nil` for what is no date.
    static func parse(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        for format in formats {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }
}

/// Counts attempts that brought nothing, and waits longer after each.
struct RetryPolicy {
    private let attemptCount: Int
    private let firstDelay: Duration
    private var failureCount = 0

    init(_ configuration: HubConfiguration) {
        attemptCount = max(1, configuration.attemptCount)
        firstDelay = configuration.firstRetryDelay
    }

    /// New bytes came.
    mutating func noteProgress() { failureCount = 0 }

    /// Waits before the next attempt.
    ///
    /// - Parameters:
    ///   - error: why the last one brought nothing.
    ///   - delay: how long the server asks to wait.
    ///   - announce: is told when the server's wish is what makes the wait long.
    /// - Throws: `error` after the last attempt, `CancellationError`.
    mutating func wait(
        after error: HubError, atLeast delay: Duration? = nil, announcing announce: (Duration) -> Void = { _ in }
    ) async throws {
        failureCount += 1
        guard failureCount < attemptCount else { throw error }
        let growing = firstDelay * (1 << min(failureCount - 1, 5))
        if let delay, delay > growing { announce(delay) }
        try await Task.sleep(for: max(delay ?? .zero, growing))
    }
}
