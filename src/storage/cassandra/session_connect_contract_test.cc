#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/cassandra/session.h"
#include "storage/cassandra/testing/test_cluster.h"

namespace parley::storage::cassandra {
namespace {

using testing::HasSubstr;

/// Signed itself, and nothing else.
constexpr std::string_view kAnotherAuthority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBjjCCATWgAwIBAgIUDAmzhwVhp0tZLCvxEvoEV20Y+RQwCgYIKoZIzj0EAwIw\n"
    "HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTI2MDYzMzQwWhgP\n"
    "MjEyNjExMDIwNjMzNDBaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAx9XA9d2Bzd5MmXgFNSDRZv22bjD0qn2\n"
    "We2JWRANatTCZB1fXTlknZpGHh1AgtCNY0z42h4Ictsf5fRvcdOFuqNTMFEwHQYD\n"
    "VR0OBBYEFFmjxbp6CG/tmg1euEFSzdhm1756MB8GA1UdIwQYMBaAFFmjxbp6CG/t\n"
    "mg1euEFSzdhm1756MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg\n"
    "crCgKMyUQqDHM/Ea2HFALPcF5KAN/1FBV2FzHQ8i++MCIAUcZyLqQQwrHb7R+AiB\n"
    "cYWKW60BT6fj1qCBDCHz8GEU\n"
    "-----END CERTIFICATE-----\n";

/// Changes one thing of what works, and tries.
class SessionConnectContract : public testing::Test {
 protected:
  void SetUp() override {
    Result<SessionOptions> options = TestSessionOptions("parley");
    ASSERT_TRUE(options.ok()) << options.status().ToString();
    options_ = *std::move(options);
  }

  void ExpectRefused(StatusCode code, std::string_view why) {
    const Status status = Session::Connect(options_).status();
    EXPECT_EQ(status.code(), code) << status.ToString();
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  SessionOptions options_;
};

TEST_F(SessionConnectContract, Connect_NobodyThere_IsUnavailable) {
  options_.contact_points = {"127.0.0.1:1"};
  ExpectRefused(StatusCode::kUnavailable, "does not answer at 127.0.0.1:1");
}

TEST_F(SessionConnectContract, Connect_NoNode_IsInvalid) {
  options_.contact_points.clear();
  ExpectRefused(StatusCode::kInvalidArgument, "at least one node");
}

TEST_F(SessionConnectContract, Connect_WrongDatacenter_IsInvalid) {
  options_.datacenter = "moon";
  ExpectRefused(StatusCode::kInvalidArgument, "no datacenter moon");
}

TEST_F(SessionConnectContract, Connect_NoSuchFile_IsInvalid) {
  options_.ca_file = "/nowhere/ca.pem";
  ExpectRefused(StatusCode::kInvalidArgument, "/nowhere/ca.pem");
}

/// What the cluster of these tests asks for is in the environment: these look at one that asks.
TEST_F(SessionConnectContract, Connect_WrongPassword_IsDenied) {
  if (options_.user.empty()) GTEST_SKIP() << "this cluster asks for no password";
  options_.password = "wrong";
  ExpectRefused(StatusCode::kPermissionDenied, "Check the user");
  options_.user.clear();
  ExpectRefused(StatusCode::kPermissionDenied, "Authentication is required");
}

TEST_F(SessionConnectContract, Connect_OtherAuthority_IsDenied) {
  if (options_.ca_file.empty()) GTEST_SKIP() << "this cluster has no TLS";
  options_.ca_file = testing::TempDir() + "another_authority.pem";
  std::ofstream(options_.ca_file) << kAnotherAuthority;
  ExpectRefused(StatusCode::kPermissionDenied, "certificate");
}

TEST_F(SessionConnectContract, Connect_WithoutTls_IsUnavailable) {
  if (options_.ca_file.empty()) GTEST_SKIP() << "this cluster has no TLS";
  options_.ca_file.clear();
  ExpectRefused(StatusCode::kUnavailable, "whether it wants TLS");
}

}  // namespace
}  // namespace parley::storage::cassandra
