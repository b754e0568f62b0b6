/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#11 module that misbehaves as BAD_MODULE says: "crash" or "hang" when it is started, "late" once it is asked for tokens. It
 * also tries what a module must not do, and says in the file of descriptor BAD_MODULE_FD what succeeded. */
#include <p11-kit/pkcs11.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static CK_FUNCTION_LIST functions;

/* Ends the process with another signal than it would end with: whoever waits for it can tell. */
static void
try_to_break_out (void)
{
  char *const argv[] = { (char *) "/bin/true", NULL };

  if (socket (AF_INET, SOCK_STREAM, 0) >= 0 || socket (AF_NETLINK, SOCK_RAW, 0) >= 0
      || prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
    (void) raise (SIGKILL);
#ifndef __SANITIZE_ADDRESS__ /* with it a process may look at itself from another: token/confine.c */
  if (fork () >= 0 || prctl (PR_GET_DUMPABLE) != 0)
    (void) raise (SIGKILL);
#endif
  (void) execv (argv[0], argv);
}

static int
is_to (const char *how)
{
  const char *wanted = getenv ("BAD_MODULE");

  return wanted != NULL && strcmp (wanted, how) == 0;
}

static CK_RV
initialize (void *args)
{
  try_to_break_out ();
  if (is_to ("crash"))
    abort ();
  while (is_to ("hang"))
    (void) pause ();
  return CKR_OK;
}

static CK_RV
finalize (void *reserved)
{
  while (is_to ("late"))
    (void) pause ();
  return CKR_OK;
}

static CK_RV
get_slot_list (CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n_slots)
{
  while (is_to ("late"))
    (void) pause ();
  *n_slots = 0;
  return CKR_OK;
}

CK_RV
C_GetFunctionList (CK_FUNCTION_LIST **list)
{
  functions.version.major = 2;
  functions.version.minor = 20;
  functions.C_Initialize = initialize;
  functions.C_Finalize = finalize;
  functions.C_GetFunctionList = C_GetFunctionList;
  functions.C_GetSlotList = get_slot_list;
  *list = &functions;
  return CKR_OK;
}
