import Testing

@testable import OmniPipeline

@Suite struct InferenceExecutorTests {
    @Test func runsTasksOnItsOwnThread() async throws {
        let executor = InferenceExecutor(name: "omni.test")
        #expect(!executor.isCurrent)
        let answers = await withTaskGroup(of: [Bool].self) { group in
            for _ in 0..<20 {
                group.addTask(executorPreference: executor) {
                    let before = executor.isCurrent
                    await Task.yield()
                    return [before, executor.isCurrent]
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers == Array(repeating: true, count: 40))
    }

    /// A thread that is always about to go loses no job.
    @Test func theThreadGoesAndComesBack() async throws {
        let executor = InferenceExecutor(name: "omni.test", idleSeconds: 0.001)
        for _ in 0..<50 {
            let task: Task<Bool, Never> = Task(executorPreference: executor) { executor.isCurrent }
            #expect(await task.value)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
