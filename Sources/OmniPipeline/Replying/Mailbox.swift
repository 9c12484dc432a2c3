import Synchronization

/// What a ``Mailbox`` keeps between its producers and its consumer: a pure machine, without a lock or a task.
protocol MailboxContent: Sendable {
    /// What the consumer receives.
    associatedtype Output: Sendable

    /// What the consumer receives now; `nil` while it has to wait.
    mutating func take() -> Output?

    /// Whether a producer may continue. This bounds the content.
    var hasRoom: Bool { get }
}

/// A lock around a ``MailboxContent``, and the tasks that wait at its two ends: one consumer, which waits for output,
/// and producers, which wait for room.
///
/// The events of a reply and the input and events of a conversation wait in one. Continuations are resumed outside of
/// the lock.
final class Mailbox<Content: MailboxContent>: Sendable {
    private struct State {
        var content: Content
        var consumer: CheckedContinuation<Content.Output, Never>?
        var producers: [Int: CheckedContinuation<Void, Never>] = [:]
        var producerCount = 0

        /// The tasks that can continue now.
        mutating func wakeUps() -> WakeUps {
            var wakeUps = WakeUps()
            if let consumer, let output = content.take() {
                self.consumer = nil
                wakeUps.consumer = (consumer, output)
            }
            if !producers.isEmpty, content.hasRoom {
                wakeUps.producers = Array(producers.values)
                producers = [:]
            }
            return wakeUps
        }
    }

    private struct WakeUps: Sendable {
        var consumer: (continuation: CheckedContinuation<Content.Output, Never>, output: Content.Output)?
        var producers: [CheckedContinuation<Void, Never>] = []

        func resume() {
            if let consumer { consumer.continuation.resume(returning: consumer.output) }
            for producer in producers { producer.resume() }
        }
    }

    private let state: Mutex<State>
    private let onPost: (@Sendable () -> Void)?
    private let onTake: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - content: what it keeps at first.
    ///   - onPost: called after ``post(_:)`` and when a producer begins to wait.
    ///   - onTake: called after ``withdraw(_:)`` and when the consumer begins to wait.
    init(
        _ content: Content, onPost: (@Sendable () -> Void)? = nil, onTake: (@Sendable () -> Void)? = nil
    ) {
        state = Mutex(State(content: content))
        self.onPost = onPost
        self.onTake = onTake
    }

    // MARK: Both ends

    func read<Result: Sendable>(_ body: (Content) -> Result) -> Result { state.withLock { body($0.content) } }

    /// Changes the content, and tells neither side's observer.
    @discardableResult
    func change<Result: Sendable>(_ body: (inout Content) -> Result) -> Result {
        let (result, wakeUps) = state.withLock { state in
            let result = body(&state.content)
            return (result, state.wakeUps())
        }
        wakeUps.resume()
        return result
    }

    // MARK: The producers' end

    /// Changes the content as a producer does.
    @discardableResult
    func post<Result: Sendable>(_ body: (inout Content) -> Result) -> Result {
        let result = change(body)
        onPost?()
        return result
    }

    /// Returns when there is room, and when the task is cancelled.
    func waitForRoom() async {
        let producer = state.withLock { state in
            state.producerCount += 1
            return state.producerCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let continues = state.withLock { state in
                    guard !state.content.hasRoom, !Task.isCancelled else { return true }
                    state.producers[producer] = continuation
                    return false
                }
                if continues { continuation.resume() }
                onPost?()
            }
        } onCancel: {
            state.withLock { $0.producers.removeValue(forKey: producer) }?.resume()
        }
    }

    var isProducerWaiting: Bool { state.withLock { !$0.producers.isEmpty } }

    // MARK: The consumer's end

    /// Changes the content as the consumer does.
    @discardableResult
    func withdraw<Result: Sendable>(_ body: (inout Content) -> Result) -> Result {
        let result = change(body)
        onTake?()
        return result
    }

    /// The next output.
    ///
    /// - Parameter body: changes the content before it is asked for output.
    /// - Precondition: no other task waits for it.
    func next(_ body: (inout Content) -> Void = { _ in }) async -> Content.Output {
        await withCheckedContinuation { continuation in
            let wakeUps = state.withLock { state in
                precondition(state.consumer == nil, "there is already a suspended consumer")
                body(&state.content)
                state.consumer = continuation
                return state.wakeUps()
            }
            wakeUps.resume()
            onTake?()
        }
    }

    /// What can be taken without waiting.
    func takeNow() -> Content.Output? { change { $0.take() } }

    var isConsumerWaiting: Bool { state.withLock { $0.consumer != nil } }
}

/// A queue, first in, first out. Each element is moved once, on average.
struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var isEmpty: Bool { start == elements.count }
    var count: Int { elements.count - start }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard start < elements.count else { return nil }
        defer {
            start += 1
            if start * 2 > elements.count {
                elements.removeFirst(start)
                start = 0
            }
        }
        return elements[start]
    }

    /// Replaces each element, or removes it where `transform` returns `nil`.
    mutating func replaceAll(_ transform: (Element) -> Element?) {
        elements = elements[start...].compactMap(transform)
        start = 0
    }
}

extension Queue: Sendable where Element: Sendable {}
