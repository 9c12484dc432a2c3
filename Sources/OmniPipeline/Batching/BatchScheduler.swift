import OmniCore
import Synchronization

/// The shell around a ``BatchOrder``: holds the generations of all replies that share a thread, and computes their
/// parts in the order that it decides.
///
/// Replies run on the scheduler's own executor, one at a time, and call the scheduler for every prefill chunk and every
/// step. Once none of them has anything left to do by itself, all of them wait here: then the next work is chosen.
final class BatchScheduler<Model: SpeechLanguageModel>: Sendable {
    typealias Step = GenerationStep<Model.Generation.Frame>

    private struct State {
        var order: BatchOrder
        var admission: AdmissionControl
        var stepping: [SequenceID: CheckedContinuation<Result<Step?, any Error>, Never>] = [:]
        var prefilling: [SequenceID: CheckedContinuation<Void, Never>] = [:]
        var isWorking = false
    }

    let executor: InferenceExecutor
    /// Where frames are decoded beside the steps, of one reply after the other.
    let codecExecutor = InferenceExecutor(name: "omni.codec", idleSeconds: 1)
    /// Where turns are transcribed beside the steps, one after the other.
    let transcribingExecutor = InferenceExecutor(name: "omni.transcript", idleSeconds: 1)
    private let model: Model
    private let state: Mutex<State>
    /// Locked while they are computed, on the executor's thread.
    private let generations = Mutex<[SequenceID: Model.Generation]>([:])

    init(
        _ model: Model, _ options: SchedulerOptions, capacity: CapacityEstimate = CapacityEstimate(),
        executor: InferenceExecutor
    ) {
        self.model = model
        self.executor = executor
        state = Mutex(
            State(
                order: BatchOrder(maximumStepWidth: max(options.maximumStepWidth, 1)),
                admission: AdmissionControl(options, estimate: capacity)))
    }

    var load: SchedulerLoad { state.withLock { $0.admission.load } }

    var capacity: CapacityEstimate { state.withLock { $0.admission.estimate } }

    // MARK: Coming and going

    /// Lets a reply in.
    ///
    /// - Throws: ``SchedulerError/full(replyCount:retryAfter:)``.
    func admit(_ mode: ReplyMode) throws(SchedulerError) -> BatchSlot<Model> {
        let sequence = try state.withLock { state throws(SchedulerError) in try state.admission.admit(mode) }
        return BatchSlot(self, sequence)
    }

    func leave(_ sequence: SequenceID, _ metrics: ReplyMetrics?) {
        let left = state.withLock { state in
            state.order.forget(sequence)
            state.admission.leave(sequence, metrics)
            return (state.stepping.removeValue(forKey: sequence), state.prefilling.removeValue(forKey: sequence))
        }
        left.0?.resume(returning: .success(nil))
        left.1?.resume()
        _ = generations.withLock { $0.removeValue(forKey: sequence) == nil }
    }

    /// Begins to prefill.
    ///
    /// - Returns: positions that the prompt takes.
    func beginPrefill(
        _ sequence: SequenceID, _ question: Question<Model.Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Int {
        try generations.withLock { [model] generations in
            let generation = try model.makeGeneration(answering: question, mode: mode, options: options)
            let promptLength = generation.promptLength
            generations[sequence] = generation
            return promptLength
        }
    }

    /// Prefills the next chunk.
    ///
    /// - Returns: whether there is more.
    func prefillChunk(_ sequence: SequenceID) throws -> Bool {
        let hasMore = try generations.withLock { try $0[sequence]?.prefillChunk() ?? false }
        if !hasMore { state.withLock { $0.admission.beginSteps(sequence) } }
        return hasMore
    }

    func chosenTokens(_ sequence: SequenceID) -> [[Int32]] { generations.withLock { $0[sequence]?.chosenTokens ?? [] } }

    func reachedLimit(_ sequence: SequenceID) -> Bool { generations.withLock { $0[sequence]?.reachedLimit ?? false } }

    // MARK: Taking turns

    /// Returns when it is this reply's turn to compute a prefill chunk.
    func waitForPrefillChunk(_ sequence: SequenceID) async {
        await withCheckedContinuation { continuation in
            enter { state in
                state.prefilling[sequence] = continuation
                state.order.waitForPrefillChunk(sequence)
            }
        }
    }

    /// The next step of this reply.
    ///
    /// - Parameter deadline: when the listener's audio runs out; `nil` when there is none.
    func step(_ sequence: SequenceID, deadline: ContinuousClock.Instant?) async throws -> Step? {
        let result = await withCheckedContinuation { continuation in
            enter { state in
                state.stepping[sequence] = continuation
                state.order.waitForStep(sequence, deadline: deadline)
            }
        }
        return try result.get()
    }

    private func enter(_ body: (inout State) -> Void) {
        let begins = state.withLock { state in
            body(&state)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if begins { Task(executorPreference: executor) { await self.work() } }
    }

    /// Works as long as a reply waits.
    private func work() async {
        var meter = WorkMeter()
        while let work = nextWork(&meter) {
            switch work {
            case .step(let sequences): step(sequences)
            case .prefillChunk(let sequence):
                state.withLock { $0.prefilling.removeValue(forKey: sequence) }?.resume()
            }
            // The reply that was served runs now, and waits again or not, before anything else is chosen.
            await Task.yield()
        }
    }

    private func nextWork(_ meter: inout WorkMeter) -> BatchOrder.Work? {
        let now = ContinuousClock.now
        return state.withLock { state in
            meter.end(at: now, into: &state.admission)
            let work = state.order.next(at: now, cost: state.admission.interruption)
            meter.begin(work, at: now)
            if case .step(let sequences)? = work { state.admission.countStep(width: sequences.count) }
            state.isWorking = work != nil
            return work
        }
    }

    private func step(_ sequences: [SequenceID]) {
        let results = generations.withLock { [model] generations in
            var present: [(sequence: SequenceID, generation: Model.Generation)] = []
            for sequence in sequences {
                if let generation = generations.removeValue(forKey: sequence) { present.append((sequence, generation)) }
            }
            var batch = present.map(\.generation)
            let sequences = present.map(\.sequence)
            present = []
            let results = model.step(&batch)
            for (sequence, generation) in zip(sequences, batch) { generations[sequence] = generation }
            return Dictionary(uniqueKeysWithValues: zip(sequences, results))
        }
        let waiting = state.withLock { state in sequences.map { state.stepping.removeValue(forKey: $0) } }
        for (sequence, continuation) in zip(sequences, waiting) {
            continuation?.resume(returning: results[sequence] ?? .success(nil))
        }
    }
}

/// Measures what the scheduler computes: the time of prefill chunks, and from one step to the next of equal width.
private struct WorkMeter {
    private var work: BatchOrder.Work?
    private var start = ContinuousClock.now

    mutating func begin(_ work: BatchOrder.Work?, at now: ContinuousClock.Instant) {
        self.work = work
        start = now
    }

    func end(at now: ContinuousClock.Instant, into admission: inout AdmissionControl) {
        switch work {
        case .step(let sequences): admission.addRound(now - start, width: sequences.count)
        case .prefillChunk(let sequence): admission.addPrefillChunk(now - start, sequence)
        case nil: break
        }
    }
}

/// A reply's slot at a ``BatchScheduler``: everything that it computes on shared engines goes through here. The reply
/// leaves when the slot is released.
final class BatchSlot<Model: SpeechLanguageModel>: Sendable {
    private let scheduler: BatchScheduler<Model>
    private let sequence: SequenceID
    private let metrics = Mutex<ReplyMetrics?>(nil)

    init(_ scheduler: BatchScheduler<Model>, _ sequence: SequenceID) {
        self.scheduler = scheduler
        self.sequence = sequence
    }

    deinit { scheduler.leave(sequence, metrics.withLock { $0 }) }

    /// The thread where frames are decoded beside the steps.
    var codecExecutor: InferenceExecutor { scheduler.codecExecutor }

    /// Encodes part by part.
    ///
    /// - Parameters:
    ///   - isStopped: whether the reply was stopped.
    ///   - advance: computes the next part; `nil` as long as there is more to do.
    /// - Returns: `nil` when it was stopped.
    func features(
        unless isStopped: () -> Bool, _ advance: () throws -> Model.Features?
    ) async throws -> Model.Features? {
        while true {
            await scheduler.waitForPrefillChunk(sequence)
            if isStopped() { return nil }
            if let features = try advance() { return features }
        }
    }

    /// Prefills chunk by chunk; the first decode step comes next.
    ///
    /// - Returns: positions that the prompt takes; `nil` when it was stopped.
    func prefill(
        _ question: Question<Model.Features>, mode: ReplyMode, options: GenerationOptions, unless isStopped: () -> Bool
    ) async throws -> Int? {
        await scheduler.waitForPrefillChunk(sequence)
        if isStopped() { return nil }
        let promptLength = try scheduler.beginPrefill(sequence, question, mode: mode, options: options)
        while try scheduler.prefillChunk(sequence) {
            await scheduler.waitForPrefillChunk(sequence)
            if isStopped() { return nil }
        }
        return promptLength
    }

    /// Takes a decode step, together with those of other replies.
    ///
    /// - Parameter deadline: when the listener's audio runs out; `nil` when there is none.
    func next(deadline: ContinuousClock.Instant?) async throws -> GenerationStep<Model.Generation.Frame>? {
        try await scheduler.step(sequence, deadline: deadline)
    }

    /// Everything chosen so far, one list a stream.
    var chosenTokens: [[Int32]] { scheduler.chosenTokens(sequence) }
    /// Whether a limit ended the reply.
    var reachedLimit: Bool { scheduler.reachedLimit(sequence) }

    /// Tells what the reply took, so that the next ones can be estimated.
    func finished(_ metrics: ReplyMetrics) { self.metrics.withLock { $0 = metrics } }
}
