import Metrics
import Testing

@testable import OmniServer

/// The page of metrics, whatever names and labels there are.
@Suite struct MetricsRegistryTests {
    @Test func names() throws {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "hb.requests", dimensions: [("http.route", "/"), ("http.request.method", "GET")])
            .increment(by: 2)
        registry.makeTimer(label: "http.server.request.duration", dimensions: [("error.type", "101")])
            .recordNanoseconds(30_000_000)
        registry.makeMeter(label: "2nd", dimensions: [("é", "1"), ("", "2"), ("0", "3")]).set(Int64(7))
        let page = try PrometheusPage(registry.page(and: [("omni_load_ratio", 0.5)]))
        #expect(page[#"hb_requests{http_request_method="GET",http_route="/"}"#] == 2)
        #expect(page[#"http_server_request_duration_bucket{error_type="101",le="0.05"}"#] == 1)
        #expect(page[#"http_server_request_duration_count{error_type="101"}"#] == 1)
        // Two names that become the same are one label.
        #expect(page[#"_2nd{_="1",_0="3"}"#] == 7)
        #expect(page["omni_load_ratio"] == 0.5)
    }

    @Test func valuesOfLabels() throws {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "a", dimensions: [("b", "\"\\\n{},=é")]).increment(by: 1)
        let page = try PrometheusPage(registry.page(and: []))
        #expect(page[#"a{b="\"\\\n{},=é"}"#] == 1)
    }
}
