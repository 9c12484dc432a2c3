import OmniCore

extension OmniPipeline: ReplyMaker {
    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to channel: ReplyChannel
    ) async throws {
        guard let prepared = try prepare(question, request, to: channel) else { return }
        try await speak(prepared, to: channel)
    }

    /// Takes the steps of a reply, and sends what they make known.
    private func speak(_ prepared: PreparedReply<Model.Generation>, to channel: ReplyChannel) async throws {
        var (generation, recorder) = (prepared.generation, prepared.recorder)
        recorder.started(promptLength: generation.promptLength)
        var text = tokenizer.makeStreamDecoder()
        var sound = recorder.request.mode.speaks ? try ReplySound(codec, of: recorder.request, to: channel) : nil
        while !channel.isStopped {
            let result = Result { try recorder.step(&generation) }
            // Of the step before, also when this one has failed.
            try await sound?.settle(&recorder)
            let step = try result.get()
            // Whoever interrupted during the step does not want to hear of it.
            guard !channel.isStopped else { break }
            guard let step else {
                recorder.send(text.finish())
                try await sound?.finish(&recorder)
                let ending = generation.reachedLimit ? ReplyEnding.reachedLimit : .completed
                return recorder.finished(
                    channel.isStopped ? .interrupted : ending, chosenTokens: generation.chosenTokens)
            }
            if let token = step.text { recorder.send(text.push(token)) }
            if let frame = step.frame { try sound?.push(frame, &recorder) }
            await recorder.waitForRoom()
        }
        try await sound?.settle(&recorder)
        recorder.finished(.interrupted, chosenTokens: generation.chosenTokens)
    }
}
