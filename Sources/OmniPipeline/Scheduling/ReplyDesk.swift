import OmniCore
import Synchronization

/// The shell around a ``ReplySchedule``: holds the answers of all replies that share a thread, and computes their parts
/// in the order that the schedule decides.
///
/// Replies run on the desk's own executor, one at a time, and come to the desk for every slice and every step. Once
/// none of them has anything left to do by itself, all of them wait here: then the next work is chosen.
final class ReplyDesk<Model: SpeechLanguageModel>: Sendable {
    typealias Place = ReplySchedule.Place
    typealias Step = GenerationStep<Model.Generation.Frame>

    private struct State {
        var schedule: ReplySchedule
        var admission: ReplyAdmission
        var steppers: [Place: CheckedContinuation<Result<Step?, any Error>, Never>] = [:]
        var slicers: [Place: CheckedContinuation<Void, Never>] = [:]
        var isWorking = false
    }

    let executor: InferenceExecutor
    /// Where sound is made beside the steps, of one reply after the other.
    let soundExecutor = InferenceExecutor(name: "omni.sound", idleSeconds: 1)
    private let model: Model
    private let state: Mutex<State>
    /// The answers. Locked while they are computed, on the executor's thread.
    private let generations = Mutex<[Place: Model.Generation]>([:])

    init(_ model: Model, _ options: SchedulerOptions, executor: InferenceExecutor) {
        self.model = model
        self.executor = executor
        state = Mutex(
            State(
                schedule: ReplySchedule(maximumStepWidth: max(options.maximumStepWidth, 1)),
                admission: ReplyAdmission(options)))
    }

    var load: SchedulerLoad { state.withLock { $0.admission.load } }

    // MARK: Coming and going

    /// Lets a reply in.
    ///
    /// - Throws: ``SchedulerError/full(replyCount:retryAfter:)``.
    func admit(_ mode: ReplyMode) throws(SchedulerError) -> ReplySeat<Model> {
        let place = try state.withLock { state throws(SchedulerError) in try state.admission.admit(mode) }
        return ReplySeat(desk: self, place: place)
    }

    func leave(_ place: Place, _ metrics: ReplyMetrics?) {
        let left = state.withLock { state in
            state.schedule.forget(place)
            state.admission.leave(place, metrics)
            return (state.steppers.removeValue(forKey: place), state.slicers.removeValue(forKey: place))
        }
        left.0?.resume(returning: .success(nil))
        left.1?.resume()
        _ = generations.withLock { $0.removeValue(forKey: place) == nil }
    }

    // MARK: Answers

    func begin(
        _ place: Place, answering question: Question<Model.Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Int {
        try generations.withLock { [model] generations in
            let generation = try model.beginGeneration(answering: question, mode: mode, options: options)
            let promptLength = generation.promptLength
            generations[place] = generation
            return promptLength
        }
    }

    /// Reads a part of the question.
    ///
    /// - Returns: whether there is more.
    func readMore(_ place: Place) throws -> Bool {
        let hasMore = try generations.withLock { try $0[place]?.readMore() ?? false }
        if !hasMore { state.withLock { $0.admission.beginSteps(place) } }
        return hasMore
    }

    func chosenTokens(_ place: Place) -> [[Int32]] { generations.withLock { $0[place]?.chosenTokens ?? [] } }

    func reachedLimit(_ place: Place) -> Bool { generations.withLock { $0[place]?.reachedLimit ?? false } }

    // MARK: Taking turns

    /// Returns when it is this reply's turn to compute a slice.
    func waitForSlice(_ place: Place) async {
        await withCheckedContinuation { continuation in
            enter { state in
                state.slicers[place] = continuation
                state.schedule.waitForSlice(place)
            }
        }
    }

    /// The next step of this reply.
    ///
    /// - Parameter deadline: when the listener's sound runs out; `nil` when there is none.
    func step(_ place: Place, deadline: ContinuousClock.Instant?) async throws -> Step? {
        let result = await withCheckedContinuation { continuation in
            enter { state in
                state.steppers[place] = continuation
                state.schedule.waitForStep(place, deadline: deadline)
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

    /// Works as long as somebody waits.
    private func work() async {
        var meter = WorkMeter()
        while let work = nextWork(&meter) {
            switch work {
            case .step(let places): step(places)
            case .slice(let place):
                state.withLock { $0.slicers.removeValue(forKey: place) }?.resume()
            }
            // Whoever was served runs now, and waits again or not, before anything else is chosen.
            await Task.yield()
        }
    }

    private func nextWork(_ meter: inout WorkMeter) -> ReplySchedule.Work? {
        let now = ContinuousClock.now
        return state.withLock { state in
            meter.end(at: now, into: &state.admission)
            let work = state.schedule.next(at: now, cost: state.admission.interruption)
            meter.begin(work, at: now)
            if case .step(let places)? = work { state.admission.countStep(width: places.count) }
            state.isWorking = work != nil
            return work
        }
    }

    private func step(_ places: [Place]) {
        let results = generations.withLock { [model] generations in
            var present: [(place: Place, generation: Model.Generation)] = []
            for place in places {
                if let generation = generations.removeValue(forKey: place) { present.append((place, generation)) }
            }
            var batch = present.map(\.generation)
            let places = present.map(\.place)
            present = []
            let results = model.step(&batch)
            for (place, generation) in zip(places, batch) { generations[place] = generation }
            return Dictionary(uniqueKeysWithValues: zip(places, results))
        }
        let waiting = state.withLock { state in places.map { state.steppers.removeValue(forKey: $0) } }
        for (place, continuation) in zip(places, waiting) {
            continuation?.resume(returning: results[place] ?? .success(nil))
        }
    }
}

/// Measures what the desk computes: the time of slices, and from one step to the next of equal width.
private struct WorkMeter {
    private var work: ReplySchedule.Work?
    private var start = ContinuousClock.now

    mutating func begin(_ work: ReplySchedule.Work?, at now: ContinuousClock.Instant) {
        self.work = work
        start = now
    }

    func end(at now: ContinuousClock.Instant, into admission: inout ReplyAdmission) {
        switch work {
        case .step(let places): admission.addRound(now - start, width: places.count)
        case .slice(let place): admission.addSlice(now - start, place)
        case nil: break
        }
    }
}
